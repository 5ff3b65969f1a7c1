(* Nodes of property trees: a box of inputs, what is known of pre-activations on it, signs that were fixed.
   Each operation on a node keeps the points in question. *)

From Coq Require Import ZArith List Bool Lia Ring Field.
From ExactReLU Require Import OrderedField Rows Networks Segments Relaxations.
Import ListNotations.
Open Scope Z_scope.

(* An input's ends over the node's grid, and which of them do not belong. *)
Definition side := (ends * (bool * bool))%type.

(* A bend: the level, counted from the last one, the neuron, its bit. *)
Record node := {
  levels : list level; sides : list side; grid : Z; bends : list (nat * nat * bool) }.

Fixpoint update {A} (i : nat) (f : A -> A) (l : list A) : list A :=
  match l, i with
  | [], _ => []
  | a :: l', O => f a :: l'
  | a :: l', S i' => a :: update i' f l'
  end.

Definition meet_low (a b : option Z) : option Z :=
  match a, b with Some x, Some y => Some (Z.max x y) | None, _ => b | _, None => a end.
Definition meet_high (a b : option Z) : option Z :=
  match a, b with Some x, Some y => Some (Z.min x y) | None, _ => b | _, None => a end.
Definition meet (e f : ends) : ends := (meet_low (fst e) (fst f), meet_high (snd e) (snd f)).

Definition tighten (j i : nat) (e : ends) (ls : list level) : list level :=
  update j (fun l => {| layer_map := layer_map l; layer_units := layer_units l;
                        known_ends := update i (meet e) (known_ends l) |}) ls.

Definition crossed (e : ends) : bool := match e with (Some l, Some h) => h <? l | _ => false end.

(* N.m, m the corner of the box where N.x is least, over the grid. *)
Fixpoint least_total (ss : list side) (n : list Z) : option Z :=
  match ss, n with
  | s :: ss', a :: n' =>
      match least_total ss' n' with
      | None => None
      | Some t =>
          if a =? 0 then Some t
          else match (if 0 <? a then fst (fst s) else snd (fst s)) with Some m => Some (a * m + t) | None => None end
      end
  | _, _ => Some 0
  end.

(* The value of a form on the inputs: a lower bound on the box. *)
Definition form_value (nd : node) (form : list Z * Z * Z) : option Z :=
  let '(n, q, c) := form in
  match least_total (sides nd) n with Some t => Some (c + t / (q * grid nd)) | None => None end.

Definition is_missing (e : ends) : bool := match e with (Some _, Some _) => false | _ => true end.

(* New bounds of neuron i of level j, and if they cross. *)
Definition bound_one (S : Z) (nd : node) (j i : nat) : option (node * bool) :=
  match skipn j (levels nd) with
  | [] => None
  | l :: rest =>
      match nth_error (weights (layer_map l)) i, nth_error (known_ends l) i, nth_error (pairs (layer_units l)) i with
      | Some w, Some e, Some p =>
          if negb (low_nn e) && negb (high_np e) && (bent p || is_missing e) then
            let value sign :=
              match pulled_back S rest [] (map (Z.mul (sign * S)) w) (scale (layer_map l)) with
              | Some form => form_value nd form
              | None => None
              end in
            match value 1, value (-1) with
            | Some v, Some v' =>
                let e' := (Some v, Some (- v')) in
                Some ({| levels := tighten j i e' (levels nd); sides := sides nd; grid := grid nd; bends := bends nd |},
                      crossed (meet e' e))
            | _, _ => None
            end
          else Some (nd, false)
      | _, _, _ => None
      end
  end.

Definition scale_ends (f : Z) (e : ends) : ends := (option_map (Z.mul f) (fst e), option_map (Z.mul f) (snd e)).

(* The side, its ends times f, cut to where n (x - corner) <= r over the old grid. *)
Definition clip_side (f r n : Z) (s : side) : side :=
  let '(low, high) := scale_ends f (fst s) in let '(below, above) := snd s in
  let step := rounded_up (f * r) (Z.abs n) in
  if n =? 0 then ((low, high), (below, above))
  else if 0 <? n then
    match low with
    | Some l => let h' := l + step in
                if match high with Some h => h' <? h | None => true end
                then ((low, Some h'), (below, false)) else ((low, high), (below, above))
    | None => ((low, high), (below, above))
    end
  else
    match high with
    | Some h => let l' := h - step in
                if match low with Some l => l <? l' | None => true end
                then ((Some l', high), (false, above)) else ((low, high), (below, above))
    | None => ((low, high), (below, above))
    end.

Fixpoint clip_sides (f r : Z) (n : list Z) (ss : list side) : list side :=
  match ss with
  | [] => []
  | s :: ss' => clip_side f r (hd 0 n) s :: clip_sides f r (tl n) ss'
  end.

(* Keep the points with N.x / q + C <= 0; true if there are none. *)
Definition clip_node (nd : node) (form : list Z * Z * Z) : option (node * bool) :=
  match form_value nd form with
  | None => None
  | Some v =>
      if 0 <? v then Some (nd, true)
      else
        let '(n, q, _) := form in
        let f := 1048576 in
        Some ({| levels := levels nd; sides := clip_sides f (- v * q * grid nd) n (sides nd);
                 grid := f * grid nd; bends := bends nd |}, false)
  end.

Definition with_side (i : nat) (f : side -> side) (factor : Z) (nd : node) : node :=
  {| levels := levels nd;
     sides := update i f (map (fun s => (scale_ends factor (fst s), snd s)) (sides nd));
     grid := factor * grid nd; bends := bends nd |}.

(* The halves x_i <= p / q and x_i >= p / q. *)
Definition cut_node (nd : node) (i : nat) (p q : Z) : node * node :=
  let factor := q / Z.gcd (grid nd) q in
  let t := p * (factor * grid nd / q) in
  (with_side i (fun s => ((fst (fst s), Some t), (fst (snd s), false))) factor nd,
   with_side i (fun s => ((Some t, snd (fst s)), (false, snd (snd s)))) factor nd).

Definition bend_node (nd : node) (j i : nat) (bit : bool) : node :=
  {| levels := tighten j i (if bit then (Some 0, None) else (None, Some 0)) (levels nd);
     sides := sides nd; grid := grid nd; bends := bends nd ++ [(j, i, bit)] |}.

Section Meaning.

Variable K : ordered_field.
Add Field Kfield16 : (laws K).
Variable S : Z.

Definition in_side (g : Z) (s : side) (v : K) : Prop :=
  (forall l, fst (fst s) = Some l -> if fst (snd s) then (inj l < inj g * v)%K else (inj l <= inj g * v)%K) /\
  (forall h, snd (fst s) = Some h -> if snd (snd s) then (inj g * v < inj h)%K else (inj g * v <= inj h)%K).

Definition preactivations (ls : list level) (j : nat) (x : list K) : list K :=
  match skipn j ls with [] => [] | l :: rest => apply (layer_map l) (level_values rest x) end.

Definition bend_holds (ls : list level) (x : list K) (b : nat * nat * bool) : Prop :=
  let '(j, i, bit) := b in
  forall y, nth_error (preactivations ls j x) i = Some y -> if bit then (0 <= y)%K else (y <= 0)%K.

Definition shape (ls : list level) : list (affine * slopes) := map (fun l => (layer_map l, layer_units l)) ls.

(* x is a point of the node; the layers are those of the network. *)
Record inside (layers_ : list (affine * slopes)) (nd : node) (x : list K) : Prop := {
  inside_shape : shape (levels nd) = layers_;
  inside_grid : 0 < grid nd;
  inside_sides : Forall2 (in_side (grid nd)) (sides nd) x;
  inside_known : known_at S (levels nd) x;
  inside_bends : Forall (bend_holds (levels nd) x) (bends nd) }.

Lemma in_side_within g s (v : K) : in_side g s v -> within g (fst s) v.
Proof.
  intros [L H]. split; [intros l E; specialize (L l E)|intros h E; specialize (H h E)];
    [destruct (fst (snd s))|destruct (snd (snd s))]; auto using lt_le.
Qed.

Lemma least_total_below g ss : forall (x : list K) n t, Forall2 (in_side g) ss x -> least_total ss n = Some t ->
  (inj t <= inj g * dot n x)%K.
Proof.
  induction ss as [|s ss IH]; intros x n t F H; inversion F as [|? v ? x' F1 F2]; subst; simpl in H.
  - injection H as <-. rewrite dot_nil_r. change (inj 0) with (@zero K).
    replace (inj g * 0 : K)%K with (0 : K)%K by ring. apply le_refl.
  - destruct n as [|a n]; [injection H as <-; simpl; change (inj 0) with (@zero K);
      replace (inj g * 0 : K)%K with (0 : K)%K by ring; apply le_refl|].
    destruct (least_total ss n) as [t'|] eqn:E; [|discriminate]. specialize (IH x' n t' F2 E).
    apply in_side_within in F1 as [L U]. simpl. apply le_sub in IH. apply le_sub.
    destruct (a =? 0) eqn:A0; [|destruct (0 <? a) eqn:A1].
    + apply Z.eqb_eq in A0. injection H as <-. subst a. change (inj 0) with (@zero K).
      match type of IH with (0 <= ?e)%K => match goal with |- (0 <= ?g)%K => replace g with e; [exact IH|ring] end end.
    + apply Z.ltb_lt in A1. destruct (fst (fst s)) as [m|]; [|discriminate]. injection H as <-.
      specialize (L m eq_refl). apply le_sub in L. rewrite inj_add, inj_mul.
      pose proof (nn_add K _ _ (nn_mul K _ _ (inj_nn K a ltac:(lia)) L) IH) as X.
      match type of X with (0 <= ?e)%K => match goal with |- (0 <= ?g)%K => replace g with e; [exact X|ring] end end.
    + apply Z.ltb_ge in A1. destruct (snd (fst s)) as [m|]; [|discriminate]. injection H as <-.
      specialize (U m eq_refl). apply le_sub in U. rewrite inj_add, inj_mul.
      pose proof (nn_add K _ _ (nn_mul K _ _ (inj_nn K (- a) ltac:(lia)) U) IH) as X. rewrite inj_opp in X.
      match type of X with (0 <= ?e)%K => match goal with |- (0 <= ?g)%K => replace g with e; [exact X|ring] end end.
Qed.

Lemma form_value_below layers_ nd (x : list K) target form v : inside layers_ nd x -> says S target x form ->
  form_value nd form = Some v -> (inj v <= inj S * target)%K.
Proof.
  intros I Y V. destruct form as [[n q] c]. unfold form_value in V. destruct Y as [Q Y].
  destruct (least_total (sides nd) n) as [t|] eqn:E; [|discriminate]. injection V as <-.
  pose proof (least_total_below _ _ _ _ _ (inside_sides _ _ _ I) E) as B. pose proof (inside_grid _ _ _ I) as G.
  rewrite inj_add. apply le_sub.
  assert (F : (inj (t / (q * grid nd)) <= inj S * target - inj c)%K).
  { apply floor_le; [nia|]. apply le_sub in B. apply le_sub in Y. apply le_sub. rewrite inj_mul.
    pose proof (nn_add K _ _ B (nn_mul K _ _ (inj_nn K (grid nd) ltac:(lia)) Y)) as X.
    match type of X with (0 <= ?e)%K => match goal with |- (0 <= ?g)%K => replace g with e; [exact X|ring] end end. }
  apply le_sub in F.
  match type of F with (0 <= ?e)%K => match goal with |- (0 <= ?g)%K => replace g with e; [exact F|ring] end end.
Qed.

Lemma update_shape j f ls : (forall l, layer_map (f l) = layer_map l /\ layer_units (f l) = layer_units l) ->
  shape (update j f ls) = shape ls.
Proof.
  intro H. revert j. induction ls as [|l ls IH]; intros [|j]; simpl; try reflexivity.
  - destruct (H l) as [-> ->]. reflexivity.
  - now rewrite IH.
Qed.

Lemma shape_values ls : forall ls' (x : list K), shape ls = shape ls' -> level_values ls x = level_values ls' x.
Proof.
  induction ls as [|l ls IH]; intros [|l' ls'] x E; try discriminate; [reflexivity|].
  injection E as E1 E2 E3. simpl. now rewrite E1, E2, (IH ls' x E3).
Qed.

Lemma shape_skipn j : forall ls ls', shape ls = shape ls' -> shape (skipn j ls) = shape (skipn j ls').
Proof.
  induction j as [|j IH]; intros ls ls' E; [exact E|]. destruct ls, ls'; try discriminate; [reflexivity|].
  simpl. apply IH. now injection E.
Qed.

Lemma shape_preactivations ls ls' j (x : list K) : shape ls = shape ls' ->
  preactivations ls j x = preactivations ls' j x.
Proof.
  intro E. apply (shape_skipn j) in E. unfold preactivations.
  destruct (skipn j ls) as [|l rest], (skipn j ls') as [|l' rest']; try discriminate; [reflexivity|].
  injection E as E1 E2 E3. now rewrite E1, (shape_values rest rest' x E3).
Qed.

Lemma shape_bends ls ls' (x : list K) bs : shape ls = shape ls' -> Forall (bend_holds ls x) bs -> Forall (bend_holds ls' x) bs.
Proof.
  intros E. apply Forall_impl. intros ((j, i), bit) H. unfold bend_holds in *. now rewrite <- (shape_preactivations _ _ j x E).
Qed.

Lemma meet_within g e f (y : K) : within g e y -> within g f y -> within g (meet e f) y.
Proof.
  intros [A B] [C D]. unfold meet, meet_low, meet_high. split; simpl.
  - intros l. destruct (fst e) as [a|], (fst f) as [b|]; intro E; try discriminate; try injection E as <-; auto.
    destruct (Z.max_spec a b) as [[_ ->]|[_ ->]]; auto.
  - intros h. destruct (snd e) as [a|], (snd f) as [b|]; intro E; try discriminate; try injection E as <-; auto.
    destruct (Z.min_spec a b) as [[_ ->]|[_ ->]]; auto.
Qed.

Lemma update_within g e : forall i es (ys : list K), Forall2 (within g) es ys ->
  (forall y, nth_error ys i = Some y -> within g e y) -> Forall2 (within g) (update i (meet e) es) ys.
Proof.
  induction i as [|i IH]; intros es ys F H; inversion F; subst; simpl; constructor; auto.
  apply meet_within; [now apply H|assumption].
Qed.

Lemma tighten_shape j i e ls : shape (tighten j i e ls) = shape ls.
Proof. apply update_shape. intro l. now split. Qed.

Lemma tighten_known j i e : forall ls (x : list K), known_at S ls x ->
  (forall y, nth_error (preactivations ls j x) i = Some y -> within S e y) -> known_at S (tighten j i e ls) x.
Proof.
  induction j as [|j IH]; intros [|l ls] x A H; auto; destruct A as (A1 & A2 & A3 & A4).
  - simpl. repeat split; auto. apply update_within; [exact A3|exact H].
  - change (tighten (Datatypes.S j) i e (l :: ls)) with (l :: tighten j i e ls). simpl. repeat split; auto.
    now rewrite (shape_values _ _ x (tighten_shape j i e ls)).
Qed.

Lemma inside_tighten layers_ nd (x : list K) j i e : inside layers_ nd x ->
  (forall y, nth_error (preactivations (levels nd) j x) i = Some y -> within S e y) ->
  inside layers_ {| levels := tighten j i e (levels nd); sides := sides nd; grid := grid nd; bends := bends nd |} x.
Proof.
  intros [I1 I2 I3 I4 I5] H. constructor; simpl; auto.
  - now rewrite tighten_shape.
  - now apply tighten_known.
  - exact (shape_bends _ _ x _ (eq_sym (tighten_shape j i e (levels nd))) I5).
Qed.

Lemma known_skipn j : forall ls (x : list K), known_at S ls x -> known_at S (skipn j ls) x.
Proof.
  induction j as [|j IH]; intros [|l ls] x A; auto. simpl. apply IH. now destruct A as (_ & _ & _ & A).
Qed.

Lemma at_map_mul m r (v : list K) : at_ (map (Z.mul m) r) v = (inj m * at_ r v)%K.
Proof. unfold at_. apply dot_map_mul. Qed.

Lemma within_not_crossed g e (y : K) : within g e y -> crossed e = false.
Proof.
  destruct e as [[lo|] [hi|]]; try reflexivity. intros [M1 M2]. simpl. apply Z.ltb_ge.
  specialize (M1 lo eq_refl). specialize (M2 hi eq_refl). pose proof (le_trans K _ _ _ M1 M2) as Q.
  destruct (Z.le_gt_cases lo hi) as [G|G]; [exact G|]. exfalso. apply (lt_not_le K (inj hi) (inj lo)); [|exact Q].
  apply lt_sub. rewrite <- inj_sub. apply inj_pos. lia.
Qed.

Lemma bound_one_correct layers_ nd (x : list K) j i nd' empty : 0 < S -> inside layers_ nd x ->
  bound_one S nd j i = Some (nd', empty) -> inside layers_ nd' x /\ empty = false.
Proof.
  intros P I H. unfold bound_one in H. destruct (skipn j (levels nd)) as [|l rest] eqn:SK; [discriminate|].
  destruct (nth_error (weights (layer_map l)) i) as [w|] eqn:W; [|discriminate].
  destruct (nth_error (known_ends l) i) as [e|] eqn:E; [|discriminate].
  destruct (nth_error (pairs (layer_units l)) i) as [p|]; [|discriminate].
  destruct (negb (low_nn e) && negb (high_np e) && (bent p || is_missing e)); [|injection H as <- <-; auto].
  pose proof (known_skipn j _ x (inside_known _ _ _ I)) as A. rewrite SK in A. destruct A as (A1 & A2 & A3 & A4).
  set (y := (at_ w (level_values rest x) / inj (scale (layer_map l)) : K)%K) in *.
  assert (N : @inj K (scale (layer_map l)) <> 0%K) by (apply inj_neq; lia).
  assert (Y : nth_error (preactivations (levels nd) j x) i = Some y).
  { unfold preactivations. rewrite SK. unfold apply. now rewrite nth_error_map, W. }
  assert (V : forall sign form, pulled_back S rest [] (map (Z.mul (sign * S)) w) (scale (layer_map l)) = Some form ->
    says S (inj sign * y)%K x form).
  { intros sign form F. refine (pulled_back_correct K S rest [] _ _ x _ form P A1 A4 _ F). rewrite at_map_mul, inj_mul.
    apply le_sub. match goal with |- (0 <= ?g)%K => replace g with (0 : K)%K by (unfold y; field; exact N) end.
    apply le_refl. }
  destruct (pulled_back S rest [] (map (Z.mul (1 * S)) w) _) as [form|] eqn:F1; [|discriminate].
  destruct (form_value nd form) as [v|] eqn:V1; [|discriminate].
  destruct (pulled_back S rest [] (map (Z.mul (-1 * S)) w) _) as [form'|] eqn:F2; [|discriminate].
  destruct (form_value nd form') as [v'|] eqn:V2; [|discriminate]. injection H as <- <-.
  pose proof (form_value_below _ _ _ _ _ _ I (V 1 _ F1) V1) as B1.
  pose proof (form_value_below _ _ _ _ _ _ I (V (-1) _ F2) V2) as B2.
  assert (WI : within S (Some v, Some (- v')) y).
  { split; simpl; intros ? Q; injection Q as <-.
    - change (inj 1) with (@one K) in B1. now replace (inj S * (1 * y))%K with (inj S * y)%K in B1 by ring.
    - pose proof (inj_opp K 1) as O. simpl Z.opp in O. rewrite O in B2. change (inj 1) with (@one K) in B2.
      rewrite inj_opp. apply le_sub. apply le_sub in B2.
      match type of B2 with (0 <= ?e)%K => match goal with |- (0 <= ?g)%K => replace g with e; [exact B2|ring] end end. }
  split.
  - apply inside_tighten; [exact I|]. intros z Z. rewrite Y in Z. injection Z as <-. exact WI.
  - assert (ME : within S (meet (Some v, Some (- v')) e) y).
    { apply meet_within; [exact WI|]. assert (YI : nth_error (apply (layer_map l) (level_values rest x)) i = Some y)
        by (unfold apply; now rewrite nth_error_map, W).
      clear - A3 E YI. revert E YI. generalize i. induction A3 as [|f z es ys F G IH]; intros [|k] E YI; try discriminate.
      - injection E as <-. injection YI as <-. exact F.
      - exact (IH k E YI). }
    exact (within_not_crossed _ _ _ ME).
Qed.

Lemma scale_ends_within f g e (y : K) : 0 < f -> within g e y -> within (f * g) (scale_ends f e) y.
Proof.
  intros F [L H]. assert (P : (0 <= @inj K f)%K) by (apply inj_nn; lia). split; unfold scale_ends; simpl.
  - intros l E. destruct (fst e) as [a|]; [|discriminate]. injection E as <-. specialize (L a eq_refl). apply le_sub in L.
    rewrite !inj_mul. apply le_sub. pose proof (nn_mul K _ _ P L) as X.
    match type of X with (0 <= ?e)%K => match goal with |- (0 <= ?g)%K => replace g with e; [exact X|ring] end end.
  - intros h E. destruct (snd e) as [a|]; [|discriminate]. injection E as <-. specialize (H a eq_refl). apply le_sub in H.
    rewrite !inj_mul. apply le_sub. pose proof (nn_mul K _ _ P H) as X.
    match type of X with (0 <= ?e)%K => match goal with |- (0 <= ?g)%K => replace g with e; [exact X|ring] end end.
Qed.

Lemma scale_side f g s (v : K) : 0 < f -> in_side g s v -> in_side (f * g) (scale_ends f (fst s), snd s) v.
Proof.
  intros F [L H]. assert (P : (0 < @inj K f)%K) by (now apply inj_pos). unfold scale_ends. split; simpl.
  - intros l E. destruct (fst (fst s)) as [a|]; [|discriminate]. injection E as <-. specialize (L a eq_refl).
    rewrite !inj_mul. destruct (fst (snd s)).
    + apply lt_sub in L. apply lt_sub. pose proof (pos_mul K _ _ P L) as X.
      match type of X with (0 < ?e)%K => match goal with |- (0 < ?g)%K => replace g with e; [exact X|ring] end end.
    + apply le_sub in L. apply le_sub. pose proof (nn_mul K _ _ (lt_le K _ _ P) L) as X.
      match type of X with (0 <= ?e)%K => match goal with |- (0 <= ?g)%K => replace g with e; [exact X|ring] end end.
  - intros h E. destruct (snd (fst s)) as [a|]; [|discriminate]. injection E as <-. specialize (H a eq_refl).
    rewrite !inj_mul. destruct (snd (snd s)).
    + apply lt_sub in H. apply lt_sub. pose proof (pos_mul K _ _ P H) as X.
      match type of X with (0 < ?e)%K => match goal with |- (0 < ?g)%K => replace g with e; [exact X|ring] end end.
    + apply le_sub in H. apply le_sub. pose proof (nn_mul K _ _ (lt_le K _ _ P) H) as X.
      match type of X with (0 <= ?e)%K => match goal with |- (0 <= ?g)%K => replace g with e; [exact X|ring] end end.
Qed.

(* z <= n w, n > 0: the rounded up quotient is at least z / n *)
Lemma ceil_le z n (w : K) : 0 < n -> (inj n * w <= inj z)%K -> (w <= inj (rounded_up z n))%K.
Proof.
  intros N H. unfold rounded_up. rewrite inj_opp.
  assert (G : (inj (- z / n) <= - w)%K).
  { apply floor_le; [exact N|]. rewrite inj_opp. apply le_sub. apply le_sub in H.
    match type of H with (0 <= ?e)%K => match goal with |- (0 <= ?g)%K => replace g with e; [exact H|ring] end end. }
  apply le_sub. apply le_sub in G.
  match type of G with (0 <= ?e)%K => match goal with |- (0 <= ?g)%K => replace g with e; [exact G|ring] end end.
Qed.

Lemma clip_side_correct f g r n s (v : K) : 0 < f -> in_side g s v ->
  (forall m, 0 < n -> fst (fst s) = Some m -> (inj n * (inj g * v - inj m) <= inj r)%K) ->
  (forall m, n < 0 -> snd (fst s) = Some m -> (inj n * (inj g * v - inj m) <= inj r)%K) ->
  in_side (f * g) (clip_side f r n s) v.
Proof.
  intros F I HL HH. pose proof (scale_side f g s v F I) as J. unfold clip_side. destruct s as [[low high] [below above]].
  simpl in *. assert (P : (0 <= @inj K f)%K) by (apply inj_nn; lia).
  destruct (n =? 0) eqn:N0; [exact J|]. apply Z.eqb_neq in N0. destruct (0 <? n) eqn:N1.
  - apply Z.ltb_lt in N1. destruct low as [l|]; simpl; [|exact J].
    match goal with |- context [if ?b then _ else _] => destruct b end; [|exact J].
    destruct J as [J1 _]. split; simpl; [exact J1|]. intros h E. injection E as <-. specialize (HL l N1 eq_refl).
    assert (X : (inj (f * g) * v - inj (f * l) <= inj (rounded_up (f * r) (Z.abs n)))%K).
    { rewrite Z.abs_eq by lia. apply ceil_le; [exact N1|]. rewrite !inj_mul. apply le_sub. apply le_sub in HL.
      pose proof (nn_mul K _ _ P HL) as Y.
      match type of Y with (0 <= ?e)%K => match goal with |- (0 <= ?g)%K => replace g with e; [exact Y|ring] end end. }
    apply le_sub. apply le_sub in X. rewrite inj_add.
    match type of X with (0 <= ?e)%K => match goal with |- (0 <= ?g)%K => replace g with e; [exact X|ring] end end.
  - apply Z.ltb_ge in N1. destruct high as [h|]; simpl; [|exact J].
    match goal with |- context [if ?b then _ else _] => destruct b end; [|exact J].
    destruct J as [_ J2]. split; simpl; [|exact J2]. intros l E. injection E as <-.
    assert (NN : n < 0) by lia. specialize (HH h NN eq_refl).
    assert (X : (inj (f * h) - inj (f * g) * v <= inj (rounded_up (f * r) (Z.abs n)))%K).
    { rewrite Z.abs_neq by lia. apply ceil_le; [lia|]. rewrite inj_opp, !inj_mul. apply le_sub. apply le_sub in HH.
      pose proof (nn_mul K _ _ P HH) as Y.
      match type of Y with (0 <= ?e)%K => match goal with |- (0 <= ?g)%K => replace g with e; [exact Y|ring] end end. }
    apply le_sub. apply le_sub in X. rewrite inj_sub.
    match type of X with (0 <= ?e)%K => match goal with |- (0 <= ?g)%K => replace g with e; [exact X|ring] end end.
Qed.

Lemma clip_sides_correct f g r ss : forall (x : list K) n t, 0 < f -> Forall2 (in_side g) ss x ->
  least_total ss n = Some t -> (inj g * dot n x - inj t <= inj r)%K ->
  Forall2 (in_side (f * g)) (clip_sides f r n ss) x.
Proof.
  induction ss as [|s ss IH]; intros x n t F A T R; inversion A as [|? v ? x' A1 A2]; subst; simpl; constructor.
  - destruct n as [|a n]; simpl in *.
    + apply clip_side_correct; auto; intros; lia.
    + destruct (least_total ss n) as [t'|] eqn:E; [|discriminate].
      pose proof (least_total_below g ss x' n t' A2 E) as B. apply le_sub in B. apply le_sub in R.
      apply clip_side_correct; auto; intros m Z M.
      * replace (a =? 0) with false in T by (symmetry; apply Z.eqb_neq; lia).
        replace (0 <? a) with true in T by (symmetry; apply Z.ltb_lt; lia). rewrite M in T. injection T as <-.
        rewrite inj_add, inj_mul in R. apply le_sub. pose proof (nn_add K _ _ B R) as Y.
        match type of Y with (0 <= ?e)%K => match goal with |- (0 <= ?g)%K => replace g with e; [exact Y|ring] end end.
      * replace (a =? 0) with false in T by (symmetry; apply Z.eqb_neq; lia).
        replace (0 <? a) with false in T by (symmetry; apply Z.ltb_ge; lia). rewrite M in T. injection T as <-.
        rewrite inj_add, inj_mul in R. apply le_sub. pose proof (nn_add K _ _ B R) as Y.
        match type of Y with (0 <= ?e)%K => match goal with |- (0 <= ?g)%K => replace g with e; [exact Y|ring] end end.
  - destruct n as [|a n]; simpl in *.
    + apply (IH x' [] 0); auto; [destruct ss; reflexivity|]. simpl. injection T as <-. exact R.
    + destruct (least_total ss n) as [t'|] eqn:E; [|discriminate]. apply (IH x' n t'); auto.
      assert (HD : (0 <= inj a * (inj g * v) - (inj t - inj t'))%K).
      { apply in_side_within in A1 as [L U]. destruct (a =? 0) eqn:A0; [|destruct (0 <? a) eqn:A3].
        - apply Z.eqb_eq in A0. injection T as <-. subst a. change (inj 0) with (@zero K).
          match goal with |- (0 <= ?g)%K => replace g with (0 : K)%K by ring end. apply le_refl.
        - apply Z.ltb_lt in A3. destruct (fst (fst s)) as [m|]; [|discriminate]. injection T as <-.
          specialize (L m eq_refl). apply le_sub in L. rewrite inj_add, inj_mul.
          pose proof (nn_mul K _ _ (inj_nn K a ltac:(lia)) L) as X.
          match type of X with (0 <= ?e)%K => match goal with |- (0 <= ?g)%K => replace g with e; [exact X|ring] end end.
        - apply Z.ltb_ge in A3. destruct (snd (fst s)) as [m|]; [|discriminate]. injection T as <-.
          specialize (U m eq_refl). apply le_sub in U. rewrite inj_add, inj_mul.
          pose proof (nn_mul K _ _ (inj_nn K (- a) ltac:(lia)) U) as X. rewrite inj_opp in X.
          match type of X with (0 <= ?e)%K => match goal with |- (0 <= ?g)%K => replace g with e; [exact X|ring] end end. }
      apply le_sub in R. apply le_sub. pose proof (nn_add K _ _ HD R) as Y.
      match type of Y with (0 <= ?e)%K => match goal with |- (0 <= ?g)%K => replace g with e; [exact Y|ring] end end.
Qed.

Lemma clip_node_correct layers_ nd (x : list K) target form nd' empty : 0 < S -> inside layers_ nd x ->
  says S target x form -> (target <= 0)%K -> clip_node nd form = Some (nd', empty) ->
  inside layers_ nd' x /\ empty = false.
Proof.
  intros P I Y T H. unfold clip_node in H. destruct (form_value nd form) as [v|] eqn:V; [|discriminate].
  assert (ST : (inj S * target <= 0)%K).
  { apply nn_opp. replace (- (inj S * target))%K with (inj S * - target)%K by ring.
    apply nn_mul; [apply inj_nn; lia|now apply nn_opp]. }
  pose proof (form_value_below _ _ _ _ _ _ I Y V) as B. destruct (0 <? v) eqn:Z.
  - apply Z.ltb_lt in Z. exfalso. apply (lt_not_le K _ _ (inj_pos K v Z)). exact (le_trans K _ _ _ B ST).
  - destruct form as [[n q] c]. destruct Y as [Q Y]. cbv zeta in H. remember 1048576 as f eqn:FE in H.
    assert (F : 0 < f) by lia. clear FE. injection H as <- <-. split; [|reflexivity].
    destruct I as [I1 I2 I3 I4 I5]. constructor; cbn [levels sides grid bends]; auto; [nia|].
    unfold form_value in V. destruct (least_total (sides nd) n) as [t|] eqn:E; [|discriminate]. injection V as <-.
    apply (clip_sides_correct f (grid nd) _ _ x n t); [exact F|exact I3|exact E|].
    (* g N.x - t <= g (-q C) - t <= -v q g, since t >= (v - C) q g *)
    assert (D : 0 < q * grid nd) by nia. pose proof (Z.mul_div_le t _ D) as M. apply (inj_le K) in M.
    apply le_sub in M. apply le_sub in Y. apply le_sub. apply nn_opp in ST.
    assert (G0 : (0 <= @inj K (grid nd))%K) by (apply inj_nn; lia).
    assert (Q0 : (0 <= @inj K q)%K) by (apply inj_nn; lia).
    pose proof (nn_add K _ _ (nn_add K _ _ M (nn_mul K _ _ G0 Y)) (nn_mul K _ _ G0 (nn_mul K _ _ Q0 ST))) as X.
    rewrite ?inj_mul, ?inj_opp, ?inj_add, ?inj_mul in *.
    match type of X with (0 <= ?e)%K => match goal with |- (0 <= ?g)%K => replace g with e; [exact X|ring] end end.
Qed.

Lemma update_sides g i f ss : forall x : list K, Forall2 (in_side g) ss x ->
  (forall s v, nth_error x i = Some v -> in_side g s v -> in_side g (f s) v) -> Forall2 (in_side g) (update i f ss) x.
Proof.
  revert i. induction ss as [|s ss IH]; intros i x F H; inversion F; subst; destruct i; simpl; constructor; auto.
Qed.

Lemma cut_node_correct layers_ nd (x : list K) i p q : inside layers_ nd x -> 0 < q ->
  inside layers_ (fst (cut_node nd i p q)) x \/ inside layers_ (snd (cut_node nd i p q)) x.
Proof.
  intros [I1 I2 I3 I4 I5] Q. unfold cut_node. set (f := q / Z.gcd (grid nd) q). set (t := p * (f * grid nd / q)).
  assert (F : 0 < f).
  { unfold f. destruct (Z.gcd_divide_r (grid nd) q) as [k K'].
    assert (G : 0 < Z.gcd (grid nd) q).
    { pose proof (Z.gcd_nonneg (grid nd) q) as N. assert (Z.gcd (grid nd) q <> 0); [|lia].
      intro Z0. apply Z.gcd_eq_0_r in Z0. lia. }
    rewrite K' at 1. rewrite Z.div_mul by lia. nia. }
  assert (SC : Forall2 (in_side (f * grid nd)) (map (fun s => (scale_ends f (fst s), snd s)) (sides nd)) x).
  { clear - I3 F. induction I3; simpl; constructor; auto. now apply scale_side. }
  assert (B : forall g : side -> side, (forall s v, nth_error x i = Some v -> in_side (f * grid nd) s v ->
      in_side (f * grid nd) (g s) v) -> inside layers_ (with_side i g f nd) x).
  { intros g G. unfold with_side. constructor; simpl; auto; [nia|]. now apply update_sides. }
  destruct (nth_error x i) as [v|] eqn:V.
  - destruct (le_or_lt K (inj (f * grid nd) * v)%K (inj t)) as [L|L]; [left|right]; apply B; intros s w W [A C];
      injection W as <-; split; simpl; auto; intros ? E; injection E as <-; auto using lt_le.
  - left. apply B. intros s w W. discriminate.
Qed.

Lemma bend_node_correct layers_ nd (x : list K) j i : 0 < S -> inside layers_ nd x ->
  inside layers_ (bend_node nd j i false) x \/ inside layers_ (bend_node nd j i true) x.
Proof.
  intros P I. assert (B : forall bit : bool, (forall y, nth_error (preactivations (levels nd) j x) i = Some y ->
      if bit then (0 <= y)%K else (y <= 0)%K) -> inside layers_ (bend_node nd j i bit) x).
  { intros bit H. unfold bend_node.
    assert (W : forall y, nth_error (preactivations (levels nd) j x) i = Some y ->
      within S (if bit then (Some 0, None) else (None, Some 0)) y).
    { intros y Y. specialize (H y Y). destruct bit; split; simpl; intros ? E; try discriminate; injection E as <-;
        change (inj 0) with (@zero K).
      - apply nn_mul; [apply inj_nn; lia|exact H].
      - apply nn_opp. replace (- (inj S * y))%K with (inj S * - y)%K by ring.
        apply nn_mul; [apply inj_nn; lia|now apply nn_opp]. }
    destruct (inside_tighten _ _ _ j i _ I W) as [J1 J2 J3 J4 J5]. constructor; simpl in *; auto.
    apply Forall_app. split; [exact J5|]. constructor; [|constructor]. unfold bend_holds.
    intros y Y. rewrite (shape_preactivations _ (levels nd) j x (tighten_shape _ _ _ _)) in Y. now apply H. }
  destruct (nth_error (preactivations (levels nd) j x) i) as [y|] eqn:Y.
  - destruct (le_or_lt K y 0%K) as [L|L]; [left|right]; apply B; intros z Z; injection Z as <-; auto using lt_le.
  - left. apply B. intros y Z. discriminate.
Qed.

End Meaning.
