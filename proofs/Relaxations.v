(* Lower bounds of affine functions of a network's values, in integers, by substitution backwards.

   A form a, C on the values v of a layer says S T >= a.v + C at a point, T being the target, S a positive
   number. [substituted] takes it to the inputs. Bounds of pre-activations are integers over S. *)

From Coq Require Import ZArith List Bool Lia Ring Field.
From ExactReLU Require Import OrderedField Rows Networks Segments.
Import ListNotations.
Open Scope Z_scope.

(* A lower and an upper end, as far as they are known. *)
Definition ends := (option Z * option Z)%type.

Definition low_nn (e : ends) : bool := match fst e with Some l => 0 <=? l | None => false end.
Definition high_np (e : ends) : bool := match snd e with Some h => h <=? 0 | None => false end.

Definition rounded_up (z d : Z) : Z := - (- z / d).

(* relu: a relu(y) >= c y + u for all y with l <= S y <= h, where l < 0 < h; the pair (c, u). *)
Definition relax_relu (S : Z) (flip : bool) (a : Z) (e : ends) : option (Z * Z) :=
  if a =? 0 then Some (0, 0)
  else if 0 <? a then
    let wide := match e with (Some l, Some h) => - l <? h | (Some _, None) => true | _ => false end in
    Some (if xorb wide flip then a else 0, 0)
  else match e with
       | (Some l, Some h) => let c := a * h / (h - l) in Some (c, Z.min (- c * l) ((a - c) * h) / S)
       | _ => None
       end.

(* z y / d >= (z / d, rounded down) y + u *)
Definition cost (S d z : Z) (e : ends) : option Z :=
  if z mod d =? 0 then Some 0 else match fst e with Some l => Some (l / S) | None => None end.

(* A unit with the slopes p / d: a unit(y) >= c y + u for all y with l <= S y <= h. *)
Definition relax_one (S d : Z) (p : Z * Z) (flip : bool) (a : Z) (e : ends) : option (Z * Z) :=
  if a =? 0 then Some (0, 0)
  else if high_np e then Some (rounded_up (a * fst p) d, 0)
  else if low_nn e then Some (a * snd p / d, 0)
  else match cost S d (a * fst p) e with
       | None => None
       | Some u =>
           let c := a * fst p / d in
           if fst p =? snd p then Some (c, u)
           else match relax_relu S flip (a * (snd p - fst p) / d) e with
                | Some (c', u') => Some (c + c', u + u')
                | None => None
                end
       end.

Fixpoint relax (S d : Z) (ps : list (Z * Z)) (flips : list bool) (a : list Z) (es : list ends)
  : option (list Z * Z) :=
  match ps, a, es with
  | p :: ps', x :: a', e :: es' =>
      match relax_one S d p (hd false flips) x e, relax S d ps' (tl flips) a' es' with
      | Some (c, u), Some (cs, v) => Some (c :: cs, u + v)
      | _, _ => None
      end
  | _, _, _ => Some ([], 0)
  end.

(* n v / q >= (n / q, rounded down) v + u for the value v of a unit. *)
Definition round_one (S q d : Z) (p : Z * Z) (n : Z) (e : ends) : option (Z * Z) :=
  if n mod q =? 0 then Some (n / q, 0)
  else
    let below := if low_nn e then Some 0
                 else if 0 <? fst p then match fst e with Some l => Some (l * fst p) | None => None end
                 else Some 0 in
    match below with
    | None => None
    | Some least =>
        if (snd p <? 0) && negb (high_np e) then
          match snd e with
          | Some h => Some (n / q, Z.min least (h * snd p) / (d * S))
          | None => None
          end
        else Some (n / q, least / (d * S))
    end.

Fixpoint round_all (S q d : Z) (ps : list (Z * Z)) (ns : list Z) (es : list ends) : option (list Z * Z) :=
  match ps, ns, es with
  | p :: ps', n :: ns', e :: es' =>
      match round_one S q d p n e, round_all S q d ps' ns' es' with
      | Some (c, u), Some (cs, v) => Some (c :: cs, u + v)
      | _, _ => None
      end
  | _, _, _ => Some ([], 0)
  end.

(* A hidden layer with what is known of its pre-activations; lists of layers begin with the last one. *)
Record level := { layer_map : affine; layer_units : slopes; known_ends : list ends }.

(* The form (N, q, C) on the inputs, S T >= N.x / q + C, of a form on the values of the first level. *)
Fixpoint substituted (S : Z) (levels : list level) (flips : list (list bool)) (a : list Z) (c : Z)
  : option (list Z * Z * Z) :=
  match levels with
  | [] => Some (a, 1, c)
  | l :: rest =>
      match relax S (common (layer_units l)) (pairs (layer_units l)) (hd [] flips) a (known_ends l) with
      | None => None
      | Some (coefficients, u) =>
          let t := combination coefficients (weights (layer_map l)) [] in
          let q := scale (layer_map l) in
          let c' := c + u + hd 0 t / q in
          match rest with
          | [] => Some (tl t, q, c')
          | before :: _ =>
              match round_all S q (common (layer_units before)) (pairs (layer_units before)) (tl t) (known_ends before) with
              | None => None
              | Some (a', w) => substituted S rest (tl flips) a' (c' + w)
              end
          end
      end
  end.

(* The form on the inputs of t / q, a function of the values of the first level. *)
Definition pulled_back (S : Z) (levels : list level) (flips : list (list bool)) (t : row) (q : Z)
  : option (list Z * Z * Z) :=
  match levels with
  | [] => Some (tl t, q, hd 0 t / q)
  | before :: _ =>
      match round_all S q (common (layer_units before)) (pairs (layer_units before)) (tl t) (known_ends before) with
      | None => None
      | Some (a, w) => substituted S levels flips a (hd 0 t / q + w)
      end
  end.

Section Meaning.

Variable K : ordered_field.
Add Field Kfield15 : (laws K).
Variable S : Z.

(* l <= g y <= h, as far as there are l and h *)
Definition within (g : Z) (e : ends) (y : K) : Prop :=
  (forall l, fst e = Some l -> (inj l <= inj g * y)%K) /\ (forall h, snd e = Some h -> (inj g * y <= inj h)%K).

Lemma floor_parts z d : 0 < d -> exists f, (0 <= f)%K /\ (f <= 1)%K /\
  (inj z / inj d = inj (z / d) + f :> K)%K /\ (z mod d = 0 -> f = 0%K).
Proof.
  intro D. assert (N : @inj K d <> 0%K) by (apply inj_neq; lia). exists (inj (z mod d) / inj d)%K.
  pose proof (Z.mod_pos_bound z d D) as B. pose proof (pos_inv K _ (inj_pos K d D)) as P.
  assert (E : forall n, (inj n / inj d = inj n * (1 / inj d) :> K)%K) by (intro n; field; exact N).
  repeat split.
  - rewrite E. apply nn_mul; [apply inj_nn; lia|now apply lt_le].
  - apply le_sub. replace (1 - inj (z mod d) / inj d)%K with (inj (d - z mod d) * (1 / inj d) : K)%K
      by (rewrite inj_sub; field; exact N).
    apply nn_mul; [apply inj_nn; lia|now apply lt_le].
  - rewrite (Z.div_mod z d) at 1 by lia. rewrite inj_add, inj_mul. field. exact N.
  - intros ->. change (inj 0) with (@zero K). field. exact N.
Qed.

Lemma floor_le z d (v : K) : 0 < d -> (inj z <= inj d * v)%K -> (inj (z / d) <= v)%K.
Proof.
  intros D H. destruct (floor_parts z d D) as (f & F0 & _ & E & _). assert (N : @inj K d <> 0%K) by (apply inj_neq; lia).
  apply le_sub. apply le_sub in H. replace (v - inj (z / d))%K with (1 / inj d * (inj d * v - inj z) + f)%K.
  - apply nn_add; [|exact F0]. apply nn_mul; [apply lt_le, pos_inv, inj_pos; exact D|exact H].
  - replace (1 / inj d * (inj d * v - inj z))%K with (v - inj z / inj d)%K by (field; exact N). rewrite E. ring.
Qed.

Lemma floor_nn z d (y : K) : 0 < d -> (0 <= y)%K -> (inj (z / d) * y <= inj z / inj d * y)%K.
Proof.
  intros D Y. destruct (floor_parts z d D) as (f & F0 & _ & -> & _). apply le_sub.
  replace ((inj (z / d) + f) * y - inj (z / d) * y)%K with (f * y)%K by ring. now apply nn_mul.
Qed.

Lemma ceil_np z d (y : K) : 0 < d -> (y <= 0)%K -> (inj (rounded_up z d) * y <= inj z / inj d * y)%K.
Proof.
  intros D Y. apply nn_opp in Y. pose proof (floor_nn (- z) d _ D Y) as H. unfold rounded_up.
  apply le_sub in H. apply le_sub. rewrite !inj_opp in *.
  match type of H with (0 <= ?e)%K => match goal with |- (0 <= ?g)%K => replace g with e; [exact H|] end end.
  field. apply inj_neq. lia.
Qed.

(* What is lost by rounding a coefficient f, 0 <= f <= 1, of a value v that is at least w <= 0. *)
Lemma lost (f v w : K) : (0 <= f)%K -> (f <= 1)%K -> (w <= 0)%K -> (w <= v)%K -> (w <= f * v)%K.
Proof.
  intros F0 F1 W V. apply le_sub. replace (f * v - w)%K with (f * (v - w) + (1 - f) * - w)%K by ring.
  apply nn_add; apply nn_mul; auto; try now apply le_sub. now apply nn_opp.
Qed.

Lemma cost_correct d z e u (y : K) : 0 < S -> 0 < d -> low_nn e = false -> within S e y -> cost S d z e = Some u ->
  (inj (z / d) * y + inj u <= inj z / inj d * y)%K.
Proof.
  intros P D L [W _] H. destruct (floor_parts z d D) as (f & F0 & F1 & E & M). rewrite E. unfold cost in H.
  apply le_sub. destruct (z mod d =? 0) eqn:Q.
  - apply Z.eqb_eq in Q. injection H as <-. rewrite (M Q). change (inj 0) with (@zero K).
    match goal with |- (0 <= ?g)%K => replace g with (0 : K)%K by ring end. apply le_refl.
  - destruct e as [[l|] h]; [|discriminate]. injection H as <-. unfold low_nn in L. simpl in L. apply Z.leb_gt in L.
    specialize (W l eq_refl). replace ((inj (z / d) + f) * y - (inj (z / d) * y + inj (l / S)))%K
      with (f * y - inj (l / S))%K by ring.
    apply le_sub. apply lost; auto; [|now apply floor_le].
    pose proof (Z.div_lt_upper_bound l S 0 P). assert (l / S <= 0) by (apply Z.lt_le_incl; lia).
    apply (inj_le K) in H0. exact H0.
Qed.

Definition positive_part (y : K) : K := if leb K y 0%K then 0%K else y.

Lemma positive_part_cases (y : K) : ((y <= 0)%K /\ positive_part y = 0%K) \/ ((0 < y)%K /\ positive_part y = y).
Proof. unfold positive_part. destruct (leb K y 0%K) eqn:E; [left|right]; split; auto. Qed.

Lemma relax_relu_correct flip a e c u (y : K) : 0 < S -> low_nn e = false -> high_np e = false -> within S e y ->
  relax_relu S flip a e = Some (c, u) -> (inj c * y + inj u <= inj a * positive_part y)%K.
Proof.
  intros P L H [WL WH] R. unfold relax_relu in R. destruct (a =? 0) eqn:A.
  - apply Z.eqb_eq in A. injection R as <- <-. subst a. change (inj 0) with (@zero K).
    replace (0 * y + 0)%K with (0 * positive_part y)%K by ring. apply le_refl.
  - apply Z.eqb_neq in A. destruct (0 <? a) eqn:A0.
    + apply Z.ltb_lt in A0. injection R as <- <-. change (inj 0) with (@zero K).
      assert (Q : (0 <= @inj K a)%K) by (apply inj_nn; lia). destruct (xorb _ flip).
      * apply le_sub. replace (inj a * positive_part y - (inj a * y + 0))%K
          with (inj a * (positive_part y - y))%K by ring. apply nn_mul; [exact Q|]. apply le_sub.
        destruct (positive_part_cases y) as [[Y ->]|[Y ->]]; [exact Y|apply le_refl].
      * change (inj 0) with (@zero K). replace (0 * y + 0)%K with (0 : K)%K by ring. apply nn_mul; [exact Q|].
        destruct (positive_part_cases y) as [[Y ->]|[Y ->]]; [apply le_refl|now apply lt_le].
    + apply Z.ltb_ge in A0. destruct e as [[l|] [h|]]; try discriminate. injection R as <- <-.
      unfold low_nn, high_np in *. simpl in *. apply Z.leb_gt in L, H. specialize (WL l eq_refl). specialize (WH h eq_refl).
      set (c := a * h / (h - l)).
      assert (C0 : c <= 0) by (unfold c; apply Z.div_le_upper_bound; nia).
      assert (C1 : a <= c) by (unfold c; apply Z.div_le_lower_bound; nia).
      (* a relu(y) - c y is at least -c l / S, or (a - c) h / S *)
      assert (G : (inj (Z.min (- c * l) ((a - c) * h)) <= inj S * (inj a * positive_part y - inj c * y))%K).
      { destruct (positive_part_cases y) as [[Y ->]|[Y ->]].
        - apply (le_trans K _ (inj (- c * l))); [apply inj_le; lia|]. apply le_sub. apply le_sub in WL.
          rewrite inj_mul, inj_opp.
          replace (inj S * (inj a * 0 - inj c * y) - - inj c * inj l)%K with (- inj c * (inj S * y - inj l))%K by ring.
          apply nn_mul; [|exact WL]. rewrite <- inj_opp. apply inj_nn. lia.
        - apply (le_trans K _ (inj ((a - c) * h))); [apply inj_le; lia|]. apply le_sub. apply le_sub in WH.
          rewrite inj_mul, inj_sub.
          replace (inj S * (inj a * y - inj c * y) - (inj a - inj c) * inj h)%K
            with ((inj c - inj a) * (inj h - inj S * y))%K by ring.
          apply nn_mul; [|exact WH]. rewrite <- inj_sub. apply inj_nn. lia. }
      apply (floor_le _ S) in G; [|exact P]. apply le_sub. apply le_sub in G.
      match type of G with (0 <= ?e)%K => match goal with |- (0 <= ?g)%K => replace g with e; [exact G|ring] end end.
Qed.

Lemma low_nn_sign e (y : K) : 0 < S -> within S e y -> low_nn e = true -> (0 <= y)%K.
Proof.
  intros P [W _] L. destruct e as [[l|] h]; [|discriminate]. unfold low_nn in L. simpl in L. apply Z.leb_le in L.
  apply (nn_cancel K (inj S)); [now apply inj_pos|]. exact (le_trans K _ _ _ (inj_nn K _ L) (W l eq_refl)).
Qed.

Lemma high_np_sign e (y : K) : 0 < S -> within S e y -> high_np e = true -> (y <= 0)%K.
Proof.
  intros P [_ W] L. destruct e as [l [h|]]; [|discriminate]. unfold high_np in L. simpl in L. apply Z.leb_le in L.
  apply nn_opp. apply (nn_cancel K (inj S)); [now apply inj_pos|].
  replace (inj S * - y)%K with (- (inj S * y))%K by ring. apply nn_opp. refine (le_trans K _ _ _ (W h eq_refl) _).
  exact (inj_le K _ _ L).
Qed.

Lemma unit_cases d p (y : K) : ((y <= 0)%K /\ unit d p y = (inj (fst p) / inj d * y)%K) \/
  ((0 < y)%K /\ unit d p y = (inj (snd p) / inj d * y)%K).
Proof. unfold unit. destruct (leb K y 0%K) eqn:E; [left|right]; split; auto. Qed.

Lemma unit_sum d p (y : K) : 0 < d ->
  unit d p y = (inj (fst p) / inj d * y + inj (snd p - fst p) / inj d * positive_part y)%K.
Proof.
  intro D. unfold unit, positive_part. destruct (leb K y 0%K); rewrite inj_sub; field; apply inj_neq; lia.
Qed.

Lemma relax_one_correct d p flip a e c u (y : K) : 0 < S -> 0 < d -> within S e y ->
  relax_one S d p flip a e = Some (c, u) -> (inj c * y + inj u <= inj a * unit d p y)%K.
Proof.
  intros P D W R. unfold relax_one in R. assert (N : @inj K d <> 0%K) by (apply inj_neq; lia).
  destruct (a =? 0) eqn:A.
  { apply Z.eqb_eq in A. injection R as <- <-. subst a. change (inj 0) with (@zero K).
    replace (0 * y + 0)%K with (0 * unit d p y)%K by ring. apply le_refl. }
  destruct (high_np e) eqn:H.
  - injection R as <- <-. pose proof (high_np_sign e y P W H) as Y. change (inj 0) with (@zero K).
    destruct (unit_cases d p y) as [[_ ->]|[Y' _]]; [|destruct (lt_not_le K _ _ Y' Y)].
    pose proof (ceil_np (a * fst p) d y D Y) as G. apply le_sub. apply le_sub in G. rewrite inj_mul in G.
    match type of G with (0 <= ?e)%K => match goal with |- (0 <= ?g)%K => replace g with e; [exact G|] end end.
    field. exact N.
  - destruct (low_nn e) eqn:L.
    + injection R as <- <-. pose proof (low_nn_sign e y P W L) as Y. change (inj 0) with (@zero K).
      assert (U : unit d p y = (inj (snd p) / inj d * y)%K).
      { destruct (unit_cases d p y) as [[Y' ->]|[_ ->]]; [|reflexivity].
        rewrite (le_antisym K _ _ Y' Y). ring. }
      rewrite U. pose proof (floor_nn (a * snd p) d y D Y) as G. apply le_sub. apply le_sub in G. rewrite inj_mul in G.
      match type of G with (0 <= ?e)%K => match goal with |- (0 <= ?g)%K => replace g with e; [exact G|] end end.
      field. exact N.
    + destruct (cost S d (a * fst p) e) as [w|] eqn:C; [|discriminate].
      pose proof (cost_correct _ _ _ _ y P D L W C) as G. rewrite unit_sum by exact D. rewrite inj_mul in G.
      destruct (fst p =? snd p) eqn:E.
      * injection R as <- <-. apply Z.eqb_eq in E. rewrite E, Z.sub_diag in *. change (inj 0) with (@zero K).
        apply le_sub. apply le_sub in G.
        match type of G with (0 <= ?e)%K => match goal with |- (0 <= ?g)%K => replace g with e; [exact G|] end end.
        field. exact N.
      * destruct (relax_relu _ _ _ _) as [(c', u')|] eqn:Q; [|discriminate]. injection R as <- <-.
        pose proof (relax_relu_correct _ _ _ _ _ y P L H W Q) as G'.
        assert (PP : (0 <= positive_part y)%K)
          by (destruct (positive_part_cases y) as [[Y ->]|[Y ->]]; [apply le_refl|now apply lt_le]).
        pose proof (floor_nn (a * (snd p - fst p)) d _ D PP) as F. rewrite (inj_mul K a) in F.
        pose proof (le_trans K _ _ _ G' F) as G''. pose proof (add_le K _ _ _ _ G G'') as X.
        apply le_sub. apply le_sub in X. rewrite !inj_add.
        match type of X with (0 <= ?e)%K => match goal with |- (0 <= ?g)%K => replace g with e; [exact X|] end end.
        field. exact N.
Qed.

Lemma relax_correct d ps : forall flips a es ys cs u, 0 < S -> 0 < d -> Forall2 (within S) es ys ->
  relax S d ps flips a es = Some (cs, u) ->
  (dot cs ys + inj u <= dot a (units d ps ys))%K.
Proof.
  induction ps as [|p ps IH]; intros flips a es ys cs u P D W R; simpl in R.
  - injection R as <- <-. simpl. rewrite dot_nil_r. change (inj 0) with (@zero K).
    replace (0 + 0 : K)%K with (0 : K)%K by ring. apply le_refl.
  - destruct a as [|x a]; [|destruct es as [|e es]].
    + injection R as <- <-. simpl. change (inj 0) with (@zero K).
      replace (0 + 0 : K)%K with (0 : K)%K by ring. apply le_refl.
    + injection R as <- <-. inversion W. simpl. change (inj 0) with (@zero K).
      replace (0 + 0 : K)%K with (0 : K)%K by ring. apply le_refl.
    + destruct (relax_one _ _ _ _ _ _) as [(c, w)|] eqn:R1; [|discriminate].
      destruct (relax _ _ _ _ _ _) as [(cs', v)|] eqn:R2; [|discriminate]. injection R as <- <-.
      inversion W as [|? y ? ys' W1 W2]; subst. simpl.
      pose proof (add_le K _ _ _ _ (relax_one_correct _ _ _ _ _ _ _ y P D W1 R1) (IH _ _ _ _ _ _ P D W2 R2)) as X.
      rewrite inj_add. apply le_sub. apply le_sub in X.
      match type of X with (0 <= ?e)%K => match goal with |- (0 <= ?g)%K => replace g with e; [exact X|ring] end end.
Qed.

Lemma round_one_correct q d p n e c u (y : K) : 0 < S -> 0 < q -> 0 < d -> within S e y ->
  round_one S q d p n e = Some (c, u) -> (inj c * unit d p y + inj u <= inj n / inj q * unit d p y)%K.
Proof.
  intros P Q D W R. destruct (floor_parts n q Q) as (f & F0 & F1 & E & M). rewrite E. apply le_sub.
  assert (N : @inj K d <> 0%K) by (apply inj_neq; lia).
  unfold round_one in R. destruct (n mod q =? 0) eqn:Z.
  - apply Z.eqb_eq in Z. injection R as <- <-. rewrite (M Z). change (inj 0) with (@zero K).
    match goal with |- (0 <= ?g)%K => replace g with (0 : K)%K by ring end. apply le_refl.
  - clear Z. assert (DS : 0 < d * S) by nia.
    (* a number m <= 0 with m <= d S v costs m / (d S) *)
    assert (X : forall m, m <= 0 -> (inj m <= inj (d * S) * unit d p y)%K ->
      (0 <= (inj (n / q) + f) * unit d p y - (inj (n / q) * unit d p y + inj (m / (d * S))))%K).
    { intros m M0 MV. replace ((inj (n / q) + f) * unit d p y - (inj (n / q) * unit d p y + inj (m / (d * S))))%K
        with (f * unit d p y - inj (m / (d * S)))%K by ring.
      apply le_sub. apply lost; auto; [|now apply floor_le].
      assert (V : m / (d * S) <= 0) by (apply Z.div_le_upper_bound; lia). exact (inj_le K _ _ V). }
    assert (V : forall s, (inj (d * S) * (inj s / inj d * y) = inj s * (inj S * y))%K)
      by (intro s; rewrite inj_mul; field; exact N).
    set (below := if low_nn e then Some 0 else if 0 <? fst p then match fst e with Some l => Some (l * fst p) | None => None end
                  else Some 0) in R.
    destruct below as [least|] eqn:B; [|discriminate].
    assert (BL : least <= 0 /\ ((y <= 0)%K -> (inj least <= inj (d * S) * unit d p y)%K)).
    { subst below. destruct (low_nn e) eqn:L.
      - injection B as <-. split; [lia|]. intro Y. pose proof (low_nn_sign e y P W L) as Y'.
        rewrite (le_antisym K _ _ Y Y'). destruct (unit_cases d p 0%K) as [[_ ->]|[_ ->]]; change (inj 0) with (@zero K);
          match goal with |- (0 <= ?g)%K => replace g with (0 : K)%K by (field; exact N) end; apply le_refl.
      - destruct (0 <? fst p) eqn:F.
        + apply Z.ltb_lt in F. destruct e as [[l|] h]; [|discriminate]. simpl in B. injection B as <-.
          unfold low_nn in L. simpl in L. apply Z.leb_gt in L. split; [nia|]. intro Y.
          destruct (unit_cases d p y) as [[_ ->]|[Y' _]]; [|destruct (lt_not_le K _ _ Y' Y)]. rewrite V.
          destruct W as [W _]. specialize (W l eq_refl). apply le_sub in W. apply le_sub. rewrite inj_mul.
          replace (inj (fst p) * (inj S * y) - inj l * inj (fst p))%K with (inj (fst p) * (inj S * y - inj l))%K by ring.
          apply nn_mul; [apply inj_nn; lia|exact W].
        + apply Z.ltb_ge in F. injection B as <-. split; [lia|]. intro Y.
          destruct (unit_cases d p y) as [[_ ->]|[Y' _]]; [|destruct (lt_not_le K _ _ Y' Y)]. rewrite V.
          change (inj 0) with (@zero K). apply nn_opp in Y.
          replace (inj (fst p) * (inj S * y))%K with (inj (- fst p) * (inj S * - y))%K by (rewrite inj_opp; ring).
          apply nn_mul; [apply inj_nn; lia|]. apply nn_mul; [apply inj_nn; lia|exact Y]. }
    destruct BL as [B0 BY]. clear B below.
    destruct ((snd p <? 0) && negb (high_np e)) eqn:C.
    + apply andb_true_iff in C as [C1 C2]. apply Z.ltb_lt in C1. apply negb_true_iff in C2.
      destruct e as [l [h|]]; [|discriminate]. injection R as <- <-. unfold high_np in C2. simpl in C2. apply Z.leb_gt in C2.
      apply X; [lia|]. destruct (unit_cases d p y) as [[Y _]|[Y U]].
      * apply (le_trans K _ (inj least)); [apply inj_le; lia|now apply BY].
      * rewrite U, V. apply (le_trans K _ (inj (h * snd p))); [apply inj_le; lia|].
        destruct W as [_ W]. specialize (W h eq_refl). apply le_sub in W. apply le_sub. rewrite inj_mul.
        replace (inj (snd p) * (inj S * y) - inj h * inj (snd p))%K with (inj (- snd p) * (inj h - inj S * y))%K
          by (rewrite inj_opp; ring).
        apply nn_mul; [apply inj_nn; lia|exact W].
    + injection R as <- <-. apply X; [exact B0|]. destruct (unit_cases d p y) as [[Y _]|[Y U]]; [now apply BY|].
      apply (le_trans K _ 0%K); [exact (inj_le K _ _ B0)|]. rewrite U, V.
      apply andb_false_iff in C as [C|C].
      * apply Z.ltb_ge in C. apply nn_mul; [now apply inj_nn|]. apply nn_mul; [apply inj_nn; lia|now apply lt_le].
      * apply negb_false_iff in C. pose proof (high_np_sign e y P W C) as Y'. destruct (lt_not_le K _ _ Y Y').
Qed.

Lemma round_all_correct q d ps : forall ns es ys cs u, 0 < S -> 0 < q -> 0 < d -> Forall2 (within S) es ys ->
  round_all S q d ps ns es = Some (cs, u) ->
  (inj q * (dot cs (units d ps ys) + inj u) <= dot ns (units d ps ys))%K.
Proof.
  induction ps as [|p ps IH]; intros ns es ys cs u P Q D W R; simpl in R.
  - injection R as <- <-. simpl. rewrite dot_nil_r. change (inj 0) with (@zero K).
    replace (inj q * (0 + 0) : K)%K with (0 : K)%K by ring. apply le_refl.
  - destruct ns as [|x ns]; [|destruct es as [|e es]].
    + injection R as <- <-. simpl. change (inj 0) with (@zero K).
      replace (inj q * (0 + 0) : K)%K with (0 : K)%K by ring. apply le_refl.
    + injection R as <- <-. inversion W. simpl. change (inj 0) with (@zero K).
      replace (inj q * (0 + 0) : K)%K with (0 : K)%K by ring. apply le_refl.
    + destruct (round_one _ _ _ _ _ _) as [(c, w)|] eqn:R1; [|discriminate].
      destruct (round_all _ _ _ _ _ _) as [(cs', v)|] eqn:R2; [|discriminate]. injection R as <- <-.
      inversion W as [|? y ? ys' W1 W2]; subst. simpl. set (b := unit d p y).
      pose proof (round_one_correct _ _ _ _ _ _ _ y P Q D W1 R1) as X1. fold b in X1.
      pose proof (IH _ _ _ _ _ P Q D W2 R2) as X2. apply le_sub in X1, X2. apply le_sub. rewrite inj_add.
      replace (inj x * b + dot ns (units d ps ys') - inj q * (inj c * b + dot cs' (units d ps ys') + (inj w + inj v)))%K
        with (inj q * (inj x / inj q * b - (inj c * b + inj w)) +
              (dot ns (units d ps ys') - inj q * (dot cs' (units d ps ys') + inj v)))%K
        by (field; apply inj_neq; lia).
      apply nn_add; [|exact X2]. apply nn_mul; [apply inj_nn; lia|exact X1].
Qed.

(* The values of the first level at x, and that its bounds, and those of the levels before it, hold. *)
Definition level_values (levels : list level) (x : list K) : list K :=
  fold_right (fun l v => activated (layer_units l) (apply (layer_map l) v)) x levels.

Fixpoint known_at (levels : list level) (x : list K) : Prop :=
  match levels with
  | [] => True
  | l :: rest => 0 < scale (layer_map l) /\ 0 < common (layer_units l) /\
      Forall2 (within S) (known_ends l) (apply (layer_map l) (level_values rest x)) /\ known_at rest x
  end.

Definition says (target : K) (x : list K) (form : list Z * Z * Z) : Prop :=
  let '(n, q, c) := form in 0 < q /\ (dot n x + inj q * inj c <= inj q * (inj S * target))%K.

Lemma dot_applied c A (v : list K) : 0 < scale A ->
  (inj (scale A) * dot c (apply A v) = at_ (combination c (weights A) []) v)%K.
Proof.
  intro P. rewrite at_combination. replace (at_ [] v) with (0 : K)%K by reflexivity.
  unfold apply. revert c. induction (weights A) as [|w ws IH]; intros [|a c]; simpl; try ring.
  specialize (IH c). replace (0 + (inj a * at_ w v + dot c (map (fun r => at_ r v) ws)))%K
    with (inj a * at_ w v + (0 + dot c (map (fun r => at_ r v) ws)))%K by ring.
  rewrite <- IH. field. apply inj_neq. lia.
Qed.

Lemma at_parts t (v : list K) : at_ t v = (inj (hd 0%Z t) + dot (tl t) v)%K.
Proof. unfold at_. destruct t; simpl; [change (inj 0) with (@zero K)|]; ring. Qed.

Lemma pulled_back_aux levels flips (x : list K) t q target c : 0 < S -> 0 < q -> known_at levels x ->
  (forall a c' form, (dot a (level_values levels x) + inj c' <= inj S * target)%K ->
     substituted S levels flips a c' = Some form -> says target x form) ->
  (at_ t (level_values levels x) + inj q * inj c <= inj q * (inj S * target))%K ->
  forall form,
  match levels with
  | [] => Some (tl t, q, c + hd 0 t / q)
  | before :: _ =>
      match round_all S q (common (layer_units before)) (pairs (layer_units before)) (tl t) (known_ends before) with
      | None => None
      | Some (a, w) => substituted S levels flips a (c + hd 0 t / q + w)
      end
  end = Some form -> says target x form.
Proof.
  intros P Q A H T form F. rewrite at_parts in T. destruct (floor_parts (hd 0 t) q Q) as (f & F0 & _ & E & _).
  assert (NQ : @inj K q <> 0%K) by (apply inj_neq; lia).
  assert (HQ : (inj q * @inj K (hd 0 t / q)%Z <= @inj K (hd 0%Z t))%K).
  { apply le_sub. replace (inj (hd 0%Z t) - inj q * inj (hd 0 t / q)%Z)%K with (inj q * f)%K.
    - apply nn_mul; [apply inj_nn; lia|exact F0].
    - replace (@inj K (hd 0%Z t)) with (inj q * (@inj K (hd 0%Z t) / inj q))%K by (field; exact NQ). rewrite E. ring. }
  destruct levels as [|before rest].
  - injection F as <-. split; [exact Q|]. simpl in T. rewrite inj_add. apply le_sub. apply le_sub in T. apply le_sub in HQ.
    pose proof (nn_add K _ _ T HQ) as X.
    match type of X with (0 <= ?e)%K => match goal with |- (0 <= ?g)%K => replace g with e; [exact X|ring] end end.
  - destruct (round_all _ _ _ _ _ _) as [(a, w)|] eqn:R; [|discriminate].
    apply (H _ _ _) with (2 := F). destruct A as (_ & A2 & A3 & _).
    pose proof (round_all_correct q _ _ _ _ _ _ _ P Q A2 A3 R) as X.
    change (units (common (layer_units before)) (pairs (layer_units before)) (apply (layer_map before) (level_values rest x)))
      with (level_values (before :: rest) x) in X.
    apply le_sub. apply (nn_cancel K (inj q)); [now apply inj_pos|]. apply le_sub in X. apply le_sub in T. apply le_sub in HQ.
    pose proof (nn_add K _ _ X (nn_add K _ _ T HQ)) as Y. rewrite !inj_add.
    match type of Y with (0 <= ?e)%K => match goal with |- (0 <= ?g)%K => replace g with e; [exact Y|ring] end end.
Qed.

Lemma substituted_correct levels : forall flips a c (x : list K) target form, 0 < S -> known_at levels x ->
  (dot a (level_values levels x) + inj c <= inj S * target)%K ->
  substituted S levels flips a c = Some form -> says target x form.
Proof.
  induction levels as [|l rest IH]; intros flips a c x target form P A T F.
  - injection F as <-. split; [lia|]. simpl in T. change (inj 1) with (@one K). apply le_sub. apply le_sub in T.
    match type of T with (0 <= ?e)%K => match goal with |- (0 <= ?g)%K => replace g with e; [exact T|ring] end end.
  - cbn [substituted] in F. pose proof A as (A1 & A2 & A3 & A4).
    destruct (relax _ _ _ _ _ _) as [(cs, u)|] eqn:R; [|discriminate].
    pose proof (relax_correct _ _ _ _ _ _ _ _ P A2 A3 R) as X.
    change (units (common (layer_units l)) (pairs (layer_units l)) (apply (layer_map l) (level_values rest x)))
      with (level_values (l :: rest) x) in X.
    apply (pulled_back_aux rest (tl flips) x (combination cs (weights (layer_map l)) []) (scale (layer_map l)) target (c + u)
      P A1 A4); [intros a' c' form' T' F'; exact (IH _ _ _ x target form' P A4 T' F')| |exact F].
    rewrite <- dot_applied by exact A1. apply le_sub. apply le_sub in X. apply le_sub in T.
    pose proof (nn_mul K _ _ (inj_nn K (scale (layer_map l)) ltac:(lia)) (nn_add K _ _ X T)) as Y. rewrite inj_add.
    match type of Y with (0 <= ?e)%K => match goal with |- (0 <= ?g)%K => replace g with e; [exact Y|ring] end end.
Qed.

Lemma pulled_back_correct levels flips t q (x : list K) target form : 0 < S -> 0 < q -> known_at levels x ->
  (at_ t (level_values levels x) <= inj q * (inj S * target))%K ->
  pulled_back S levels flips t q = Some form -> says target x form.
Proof.
  intros P Q A T F. apply (pulled_back_aux levels flips x t q target 0 P Q A).
  - intros a c' form' T' F'. exact (substituted_correct levels flips a c' x target form' P A T' F').
  - change (inj 0) with (@zero K). now replace (at_ t (level_values levels x) + inj q * 0)%K with (at_ t (level_values levels x)) by ring.
  - exact F.
Qed.

End Meaning.

Arguments within {K}. Arguments level_values {K}. Arguments known_at {K}. Arguments says {K}.
