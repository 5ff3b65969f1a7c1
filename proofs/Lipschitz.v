(* The claim lipschitz in the norms 1 and inf: the Lipschitz constant of a network on the domain. *)

From Coq Require Import ZArith List Bool Lia Ring Field.
From ExactReLU Require Import OrderedField Rows Networks CaseTree Certificate Difference.
From ExactReLU Require Import Segments FullTree FullCertificate Pieces Equality Ranges Intervals Norms.
Import ListNotations.
Open Scope Z_scope.

(* The constant p / q, and a direction in which the cell of a configuration is stretched by it. *)
Record slope_claim := {
  slope_norm : norm_kind; constant_p : Z; constant_q : Z; slope_cell : configuration; direction : list Z }.

(* Linear parts: rows over d, their constant terms left out. *)
Definition linear (rs : list row) : list row := map (fun r => tl r) rs.

(* |r/d + e| <= p/q in the dual norm, e being the equations' normals combined by the multipliers. *)
Definition row_bounded (c : slope_claim) (rows_ : list constraint) (d : Z) (m : exact_multipliers) (r : row) : bool :=
  (0 <? fst m) &&
  match combined true 0 rows_ (snd m) [] false with
  | Some (total, _) =>
      norm_z (dual (slope_norm c)) (axpy d (tl total) (map (Z.mul (fst m)) r)) * constant_q c
        <=? constant_p c * (d * fst m)
  | None => false
  end.

Fixpoint all_signs (n : nat) : list (list Z) :=
  match n with O => [[]] | S n' => map (cons 1) (all_signs n') ++ map (cons (-1)) (all_signs n') end.

(* One of s and -s for each list s of signs. *)
Definition signs (n : nat) : list (list Z) := map (cons 1) (all_signs (pred n)).

Fixpoint two_to (n : nat) : Z := match n with O => 1 | S n' => 2 * two_to n' end.

Definition column_sums (rs : list row) : row := fold_right (fun r acc => axpy 1 (map Z.abs r) acc) [] rs.

Definition all_bounded (c : slope_claim) (rows_ : list constraint) (rs : list row) (d : Z)
  (more : option (list exact_multipliers)) : bool :=
  match slope_norm c, more with
  | NormInf, None => forallb (fun r => norm_z NormOne r * constant_q c <=? constant_p c * d) rs
  | NormOne, None => norm_z NormInf (column_sums rs) * constant_q c <=? constant_p c * d
  | NormInf, Some ms => Nat.eqb (length ms) (length rs)
      && forallb (fun p => row_bounded c rows_ d (fst p) (snd p)) (combine ms rs)
  | NormOne, Some ms => (Z.of_nat (length ms) =? two_to (pred (length rs)))
      && forallb (fun p => row_bounded c rows_ d (fst p) (combination (snd p) rs [])) (combine ms (signs (length rs)))
  end.

Definition stretched (c : slope_claim) (rows_ : list constraint) (rs : list row) (d : Z) : bool :=
  let v := direction c in
  forallb (fun e : constraint => match snd e with Null => dotz (fst e) (0 :: v) =? 0 | _ => true end) rows_
  && negb (norm_z (slope_norm c) v =? 0)
  && (norm_z (slope_norm c) (map (fun r => dotz r v) rs) * constant_q c
        =? constant_p c * (d * norm_z (slope_norm c) v)).

Definition same_mark (a b : mark) : bool :=
  match a, b with Linear, Linear => true | Bit x, Bit y => Bool.eqb x y | _, _ => false end.

Fixpoint same_list {A} (f : A -> A -> bool) (l m : list A) : bool :=
  match l, m with [], [] => true | a :: l', b :: m' => f a b && same_list f l' m' | _, _ => false end.

Definition judge_lipschitz (c : slope_claim) : judgement := fun rows_ b more =>
  match piece b with
  | None => None
  | Some (rs, d) =>
      let rs := linear rs in
      if all_bounded c rows_ rs d more then
        if same_list (same_list same_mark) (rev (before b)) (slope_cell c) && negb (constant_p c =? 0)
        then if stretched c rows_ rs d then Some true else None
        else Some false
      else None
  end.

Definition right_slope (h : full_header) (c : slope_claim) : bool :=
  (0 <=? constant_p c) && (0 <? constant_q c) && is_width (full_inputs h) (direction c).

(* The certificate's end: the constant is attained on some leaf, or is 0. *)
Definition slope_attained (c : slope_claim) (q : full_progress) : bool := (constant_p c =? 0) || seen (walked q).

Section Meaning.

Variable K : ordered_field.
Add Field Kfield13 : (laws K).

(* |F x - F y| <= L |x - y| on D, and no smaller number will do: there are two points with equality. *)
Definition is_lipschitz_constant (n : norm_kind) (D : list K -> Prop) (F : list K -> list K) (L : K) : Prop :=
  (forall x y, D x -> D y -> (distance n (F x) (F y) <= L * distance n x y)%K) /\
  (L = 0%K \/ exists x y, D x /\ D y /\ distance n x y <> 0%K /\ distance n (F x) (F y) = (L * distance n x y)%K).

Variable c : slope_claim.

Notation n := (slope_norm c).
Notation L := (inj (constant_p c) / inj (constant_q c) : K)%K.

Lemma from_integers s d (a : K) : 0 < constant_q c -> (0 <= a)%K -> s * constant_q c <= constant_p c * d ->
  (inj s * a <= inj d * L * a)%K.
Proof.
  intros Q A H. assert (N : @inj K (constant_q c) <> 0%K) by (apply inj_neq; lia). apply le_sub.
  replace (inj d * L * a - inj s * a)%K
    with (1 / inj (constant_q c) * (inj (constant_p c * d - s * constant_q c) * a) : K)%K
    by (rewrite inj_sub, !inj_mul; field; exact N).
  apply nn_mul; [apply lt_le, pos_inv, inj_pos; exact Q|]. apply nn_mul; [apply inj_nn; lia|exact A].
Qed.

Lemma dot_combination w rs acc (x : list K) :
  dot (combination w rs acc) x = (dot acc x + dot w (map (fun r => dot r x) rs))%K.
Proof.
  revert rs acc; induction w as [|m w IH]; intros [|r rs] acc; simpl; try ring.
  rewrite IH. destruct (m =? 0) eqn:E.
  - apply Z.eqb_eq in E. subst m. change (inj 0) with (@zero K). ring.
  - rewrite dot_axpy. ring.
Qed.

Lemma row_bounded_correct rows_ d m r (x y : list K) : 0 < constant_q c -> length x = length y ->
  equations_hold K rows_ x -> equations_hold K rows_ y -> row_bounded c rows_ d m r = true ->
  (absolute (dot r (differences x y)) <= inj d * L * distance n x y)%K.
Proof.
  intros Q LEN X Y H. unfold row_bounded in H. apply andb_true_iff in H as [P H]. apply Z.ltb_lt in P.
  destruct combined as [(total, s)|] eqn:C; [|discriminate]. apply Z.leb_le in H.
  pose proof (combined_equations K _ _ _ _ _ _ _ x C X) as VX.
  pose proof (combined_equations K _ _ _ _ _ _ _ y C Y) as VY.
  assert (T : dot (tl total) (differences x y) = 0%K).
  { rewrite <- at_difference by exact LEN. rewrite VX, VY. unfold at_. simpl. ring. }
  set (u := axpy d (tl total) (map (Z.mul (fst m)) r)) in *. set (w := differences x y) in *.
  assert (U : dot u w = (inj (fst m) * dot r w)%K).
  { unfold u. rewrite dot_axpy, dot_map_mul, T. ring. }
  pose proof (dot_dual K n u w) as B. rewrite U, absolute_mul, (absolute_of_nn K (inj (fst m))) in B
    by (apply inj_nn; lia).
  pose proof (from_integers _ (d * fst m) (norm n w) Q (norm_nn K n w) H) as G.
  apply le_sub. apply (nn_cancel K (inj (fst m))); [now apply inj_pos|]. unfold distance. fold w.
  replace (inj (fst m) * (inj d * L * norm n w - absolute (dot r w)))%K
    with (inj (d * fst m) * L * norm n w - inj (fst m) * absolute (dot r w))%K
    by (rewrite inj_mul; field; apply inj_neq; lia).
  apply le_sub. exact (le_trans K _ _ _ B G).
Qed.

Lemma norm_inf_lub (v : list K) b : (0 <= b)%K -> Forall (fun a => (absolute a <= b)%K) v -> (norm NormInf v <= b)%K.
Proof. intros B H. induction H; simpl; [exact B|now apply larger_lub]. Qed.

Lemma some_signs (v : list K) : exists s, In s (all_signs (length v)) /\ norm NormOne v = dot s v.
Proof.
  induction v as [|a v (s & I & E)]; [exists []; split; [now left|reflexivity]|].
  destruct (leb K 0%K a) eqn:A.
  - exists (1 :: s). split; [apply in_or_app; left; now apply in_map|]. simpl. rewrite <- E. unfold absolute.
    rewrite A. change (inj 1) with (@one K). f_equal. ring.
  - exists (-1 :: s). split; [apply in_or_app; right; now apply in_map|]. simpl. rewrite <- E. unfold absolute.
    rewrite A. f_equal. ring.
Qed.

Lemma opposite_signs k : forall s, In s (all_signs k) -> In (map Z.opp s) (all_signs k).
Proof.
  induction k as [|k IH]; intros s I; simpl in *.
  - destruct I as [<-|[]]. now left.
  - apply in_app_or in I as [I|I]; apply in_map_iff in I as (s' & <- & I); simpl; apply in_or_app.
    + right. apply in_map_iff. exists (map Z.opp s'). split; [reflexivity|auto].
    + left. apply in_map_iff. exists (map Z.opp s'). split; [reflexivity|auto].
Qed.

Lemma norm_by_signs (v : list K) : exists s, In s (signs (length v)) /\ norm NormOne v = absolute (dot s v).
Proof.
  destruct (some_signs v) as (s & I & E). destruct v as [|a v].
  - exists [1]. split; [now left|]. simpl. rewrite absolute_of_nn by apply le_refl. reflexivity.
  - assert (A : norm NormOne (a :: v) = absolute (dot s (a :: v))).
    { rewrite <- E. symmetry. apply absolute_of_nn, norm_nn. }
    simpl in I. apply in_app_or in I as [I|I]; apply in_map_iff in I as (s' & <- & I).
    + exists (1 :: s'). split; [now apply in_map|exact A].
    + exists (1 :: map Z.opp s'). split; [apply in_map; simpl; now apply opposite_signs|]. rewrite A.
      change (1 :: map Z.opp s') with (negated (-1 :: s')). rewrite dot_negated. symmetry. apply absolute_opp.
Qed.

Lemma two_to_length k : Z.of_nat (length (all_signs k)) = two_to k.
Proof. induction k as [|k IH]; [reflexivity|]. simpl all_signs. rewrite app_length, !map_length. change (two_to (S k)) with (2 * two_to k). lia. Qed.

Lemma columns (rs : list row) (w : list K) :
  (norm NormOne (map (fun r => dot r w) rs) <= dot (column_sums rs) (map absolute w))%K.
Proof.
  induction rs as [|r rs IH]; simpl; [apply le_refl|]. rewrite dot_axpy. change (inj 1) with (@one K).
  replace (dot (column_sums rs) (map absolute w) + 1 * dot (map Z.abs r) (map absolute w))%K
    with (dot (map Z.abs r) (map absolute w) + dot (column_sums rs) (map absolute w))%K by ring.
  apply add_le; [|exact IH]. clear. revert w. induction r as [|a r IH]; intros [|b w]; simpl;
    try (rewrite absolute_of_nn by apply le_refl; apply le_refl).
  refine (le_trans K _ _ _ (absolute_add K _ _) _). apply add_le; [|apply IH].
  rewrite absolute_mul, absolute_inj. apply le_refl.
Qed.

Lemma norm_absolute (w : list K) : norm NormOne (map absolute w) = norm NormOne w.
Proof.
  induction w as [|a w IH]; simpl; [reflexivity|]. rewrite IH. f_equal. apply absolute_of_nn, absolute_nn.
Qed.

(* The linear part is bounded on differences of points where the equations hold. *)
Lemma all_bounded_correct rows_ rs d more (x y : list K) : 0 < d -> 0 <= constant_p c -> 0 < constant_q c ->
  length x = length y -> equations_hold K rows_ x -> equations_hold K rows_ y ->
  all_bounded c rows_ rs d more = true ->
  (norm n (map (fun r => dot r (differences x y)) rs) <= inj d * L * distance n x y)%K.
Proof.
  intros D P Q LEN X Y H. set (w := differences x y).
  assert (B0 : (0 <= inj d * L * distance n x y)%K).
  { replace (inj d * L * distance n x y)%K with (inj (d * constant_p c) * (1 / inj (constant_q c)) * distance n x y : K)%K
      by (rewrite inj_mul; field; apply inj_neq; lia).
    apply nn_mul; [apply nn_mul; [apply inj_nn; nia|apply lt_le, pos_inv, inj_pos; exact Q]|apply norm_nn]. }
  unfold all_bounded in H. destruct n eqn:N, more as [ms|].
  - apply andb_true_iff in H as [H1 H2]. apply Z.eqb_eq in H1.
    destruct (norm_by_signs (map (fun r => dot r w) rs)) as (s & I & E). rewrite E. rewrite map_length in I.
    assert (LL : length ms = length (signs (length rs))).
    { unfold signs. rewrite map_length. apply Nat2Z.inj. now rewrite H1, two_to_length. }
    destruct (forall_combine _ _ _ LL H2 s I) as (m & R). simpl in R.
    pose proof (row_bounded_correct _ _ _ _ x y Q LEN X Y R) as G. rewrite dot_combination in G. fold w in G.
    replace (dot [] w + dot s (map (fun r => dot r w) rs))%K with (dot s (map (fun r => dot r w) rs)) in G
      by (simpl; ring).
    rewrite N in G. exact G.
  - apply Z.leb_le in H. refine (le_trans K _ _ _ (columns rs w) _).
    pose proof (dot_dual K NormOne (column_sums rs) (map absolute w)) as G. simpl dual in G. rewrite norm_absolute in G.
    refine (le_trans K _ _ _ (proj1 (le_absolute K _)) _). refine (le_trans K _ _ _ G _).
    exact (from_integers _ d _ Q (norm_nn K NormOne w) H).
  - apply andb_true_iff in H as [H1 H2]. apply Nat.eqb_eq in H1. apply norm_inf_lub; [exact B0|].
    apply Forall_map, Forall_forall. intros r I. destruct (forall_combine _ _ _ H1 H2 r I) as (m & R). simpl in R.
    pose proof (row_bounded_correct _ _ _ _ x y Q LEN X Y R) as G. rewrite N in G. exact G.
  - apply norm_inf_lub; [exact B0|]. apply Forall_map, Forall_forall. intros r I.
    rewrite forallb_forall in H. specialize (H r I). apply Z.leb_le in H.
    refine (le_trans K _ _ _ (dot_dual K NormInf r w) _). exact (from_integers _ d _ Q (norm_nn K NormInf w) H).
Qed.

(* Differences of values, from the leaf's rows. *)
Lemma linear_differences rs d (x y u v : list K) : length x = length y ->
  map (fun r => at_ r x) rs = map (mul (inj d)) u -> map (fun r => at_ r y) rs = map (mul (inj d)) v ->
  map (fun r => dot r (differences x y)) (linear rs) = map (mul (inj d)) (differences u v).
Proof.
  intro LEN. unfold linear. rewrite map_map. revert u v. induction rs as [|r rs IH]; intros [|a u] [|b v] U V;
    try discriminate; [reflexivity|].
  simpl in U, V. injection U as U U'. injection V as V V'.
  change (differences (a :: u) (b :: v)) with ((a - b)%K :: differences u v). cbn [map].
  f_equal; [|exact (IH u v U' V')]. rewrite <- at_difference by exact LEN. rewrite U, V. ring.
Qed.

Lemma piece_slope h f found l (x y : list K) : accepted h f found -> In l found ->
  0 <= constant_p c -> 0 < constant_q c ->
  judged (judge_lipschitz c) f l <> None -> length x = length y -> in_cell f l x -> in_cell f l y ->
  (distance n (claimed (full_networks h) x) (claimed (full_networks h) y) <= L * distance n x y)%K.
Proof.
  intros A I P Q J LEN X Y. unfold judged, judge_lipschitz in J.
  destruct (piece (cell l)) as [(rs, d)|] eqn:E; [|congruence]. cbv zeta in J.
  destruct (all_bounded c (given f) (linear rs) d (extra l)) eqn:B; [|congruence].
  destruct (piece_correct K _ _ _ _ _ _ x A I X E) as [D VX].
  destruct (piece_correct K _ _ _ _ _ _ y A I Y E) as [_ VY].
  pose proof (all_bounded_correct _ _ _ _ x y D P Q LEN (weakly_equations K _ _ (proj1 X))
    (weakly_equations K _ _ (proj1 Y)) B) as G.
  rewrite (linear_differences rs d x y _ _ LEN VX VY), norm_scaled, absolute_of_nn in G by (apply inj_nn; lia).
  apply le_sub. apply le_sub in G. apply (nn_cancel K (inj d)); [now apply inj_pos|]. unfold distance at 2.
  match goal with |- (0 <= ?e)%K => match type of G with (0 <= ?g)%K => replace e with g; [exact G|] end end.
  field. apply inj_neq. lia.
Qed.

Lemma distance_sym k (x y : list K) : distance k x y = distance k y x.
Proof.
  unfold distance. replace (differences x y) with (map (mul (- (1))%K) (differences y x)).
  - rewrite norm_scaled, absolute_opp, absolute_of_nn by apply lt_le, one_pos. ring.
  - unfold differences. revert y. induction x as [|a x IH]; intros [|b y]; simpl; try reflexivity.
    rewrite IH. f_equal. ring.
Qed.

(* A cell along the segment from x to y, as affine inequalities of the parameter. *)
Definition lines (x y : list K) (cs : list constraint) : list (K * K) :=
  flat_map (fun e => let g := (at_ (fst e) x, (at_ (fst e) y - at_ (fst e) x)%K) in
    match snd e with Null => [g; (- fst g, - snd g)%K] | _ => [g] end) cs.

Lemma lines_correct (x y : list K) cs t : length x = length y ->
  on_cell K (lines x y cs) t <-> Forall (weakly (between t x y)) cs.
Proof.
  intro LEN. unfold on_cell, lines. induction cs as [|(r, rel) cs IH]; simpl; [split; constructor|].
  rewrite Forall_app, IH. assert (V : line_value K (at_ r x, (at_ r y - at_ r x)%K) t = at_ r (between t x y)).
  { rewrite at_between by exact LEN. unfold line_value. simpl. ring. }
  assert (W : line_value K (- at_ r x, - (at_ r y - at_ r x))%K t = (- at_ r (between t x y))%K).
  { rewrite at_between by exact LEN. unfold line_value. simpl. ring. }
  split.
  - intros [A B]. constructor; [|exact B]. unfold weakly. simpl.
    destruct rel; inversion A as [|? ? A1 A2]; subst; rewrite V in A1; [exact A1|exact A1|].
    inversion A2 as [|? ? A3 _]; subst. simpl in A3. rewrite W in A3. apply nn_opp in A3. now apply le_antisym.
  - intro H. inversion H as [|? ? A B]; subst. split; [|exact B]. unfold weakly in A. simpl in A.
    destruct rel; repeat constructor; rewrite ?V; auto.
    + rewrite A. apply le_refl.
    + simpl. rewrite W, A. apply nn_opp, le_refl.
Qed.

Lemma lipschitz_upper h f found (x y : list K) : accepted h f found ->
  (forall u : list K, length (claimed (full_networks h) u) = length (claimed (full_networks h) x)) ->
  0 <= constant_p c -> 0 < constant_q c ->
  Forall (fun l => judged (judge_lipschitz c) f l <> None) found ->
  full_in_domain h x -> full_in_domain h y ->
  (distance n (claimed (full_networks h) x) (claimed (full_networks h) y) <= L * distance n x y)%K.
Proof.
  intros A W P Q J X Y. assert (LEN : length x = length y) by (destruct X, Y; congruence).
  set (F := claimed (K := K) (full_networks h)) in *. set (z := fun t => between t x y).
  assert (DOM : forall t, (0 <= t)%K -> (t <= 1)%K -> full_in_domain h (z t)).
  { intros t T T1. destruct (trichotomy K t) as [N|[N|N]].
    - destruct (lt_not_le K _ _ N T).
    - unfold z. rewrite N, between_0 by exact LEN. exact X.
    - apply closure_between; auto. now apply in_domain_closure. }
  pose proof (covered_segment K (fun s t => distance n (F (z s)) (F (z t))) (L * distance n x y)%K) as G.
  cbv beta in G. assert (E : z 0%K = x) by now apply between_0. assert (E' : z 1%K = y) by now apply between_1.
  specialize (G (fun s t u => distance_triangle K n _ _ _ (eq_trans (W (z s)) (eq_sym (W (z t))))
    (eq_trans (W (z t)) (eq_sym (W (z u)))))).
  specialize (G _ (map (fun l => lines x y (splits (cell l))) found) 0%K 1%K (le_n _) (lt_le K _ _ (one_pos K))).
  rewrite E, E' in G. replace (L * distance n x y)%K with (L * distance n x y * (1 - 0))%K by ring. apply G.
  - intros t T T1. destruct (domain_covered K _ _ _ (z t) A (DOM t T T1)) as (l & _ & I & [_ C] & _).
    exists (lines x y (splits (cell l))). split; [now apply (in_map (fun l => lines x y (splits (cell l))))|].
    now apply lines_correct.
  - intros e s t I S ST T Cs Ct. apply in_map_iff in I as (l & <- & I).
    apply lines_correct in Cs; [|exact LEN]. apply lines_correct in Ct; [|exact LEN].
    assert (IN : forall u, (0 <= u)%K -> (u <= 1)%K -> Forall (weakly (z u)) (splits (cell l)) -> in_cell f l (z u)).
    { intros u U U1 C. split; [|exact C].
      exact (closure_given K _ _ _ (z u) x A (in_domain_closure K _ _ (DOM u U U1)) X). }
    assert (T0 : (0 <= t)%K) by exact (le_trans K _ _ _ S ST).
    assert (S1 : (s <= 1)%K) by exact (le_trans K _ _ _ ST T).
    rewrite Forall_forall in J.
    assert (LZ : length (z s) = length (z t)) by (unfold z; now rewrite !between_length).
    refine (le_trans K _ _ _ (piece_slope _ _ _ l (z s) (z t) A I P Q (J l I) LZ (IN s S S1 Cs) (IN t T0 T Ct)) _).
    rewrite (distance_sym _ (z s) (z t)). unfold distance at 1, z. rewrite differences_between, norm_scaled by exact LEN.
    fold (distance n y x). rewrite (distance_sym n y x).
    assert (ST' : (0 <= t - s)%K) by now apply le_sub.
    match goal with |- context [absolute ?e] => replace (absolute e) with (t - s)%K end.
    + apply le_sub. match goal with |- (0 <= ?e)%K => replace e with (0 : K)%K by (field; apply inj_neq; lia) end.
      apply le_refl.
    + first [rewrite absolute_of_nn by exact ST'; reflexivity
            |rewrite <- absolute_opp; replace (- (s - t))%K with (t - s)%K by ring; now rewrite absolute_of_nn].
Qed.

(* From an inner point of a leaf's cell one can move a little in a direction of the domain. *)
Lemma soon_shifted cs (y : list K) v : length y = length v ->
  Forall (fun e : constraint => snd e = Above \/ snd e = Null /\ dotz (fst e) (0 :: v) = 0) cs ->
  Forall (satisfies y) cs -> soon (fun t => Forall (satisfies (shifted K t y v)) cs).
Proof.
  intros LEN F S. apply (soon_Forall K (fun e t => satisfies (shifted K t y v) e)).
  rewrite Forall_forall in *. intros (r, rel) I. specialize (F _ I). specialize (S _ I).
  unfold satisfies in *. simpl in *. destruct F as [->|[-> Z]]; simpl in S.
  - refine (soon_impl K _ _ _ (soon_pos K _ (at_ r y + inj (dotz r (0%Z :: v)))%K S)). intros t _ _ H. simpl.
    rewrite at_shifted by exact LEN.
    match type of H with (0 < ?e)%K => match goal with |- (0 < ?g)%K => replace g with e; [exact H|ring] end end.
  - apply soon_always. intros t _ _. simpl. rewrite at_shifted by exact LEN. rewrite Z, S.
    change (inj 0) with (@zero K). ring.
Qed.

Lemma shifted_difference t (y : list K) v : length y = length v ->
  differences (shifted K t y v) y = map (mul t) (map inj v).
Proof.
  unfold differences, shifted. revert v. induction y as [|a y IH]; intros [|b v] LEN; try discriminate; [reflexivity|].
  simpl. injection LEN as LEN. rewrite (IH v LEN). f_equal. ring.
Qed.

Lemma dot_inj r v : dot r (map inj v) = (inj (dotz r v) : K).
Proof.
  revert v. induction r as [|a r IH]; intros [|b v]; simpl; try reflexivity. rewrite IH, inj_add, inj_mul. reflexivity.
Qed.

Lemma dot_map_right r t (v : list K) : dot r (map (mul t) v) = (t * dot r v)%K.
Proof. apply dot_map_scaled. Qed.

Lemma attained_on h f found l : accepted h f found -> In l found -> 0 < constant_q c ->
  is_width (full_inputs h) (direction c) = true -> judged (judge_lipschitz c) f l = Some true ->
  exists x y : list K, full_in_domain h x /\ full_in_domain h y /\ distance n x y <> 0%K /\
    distance n (claimed (full_networks h) x) (claimed (full_networks h) y) = (L * distance n x y)%K.
Proof.
  intros A I Q W J. unfold judged, judge_lipschitz in J.
  destruct (piece (cell l)) as [(rs, d)|] eqn:E; [|discriminate]. cbv zeta in J.
  destruct (all_bounded _ _ _ _ _); [|discriminate]. destruct (_ && _) in J; [|discriminate].
  destruct (stretched c (given f) (linear rs) d) eqn:S; [|discriminate]. clear J.
  unfold stretched in S. rewrite !andb_true_iff in S. destruct S as [[S1 S2] S3].
  apply negb_true_iff, Z.eqb_neq in S2. apply Z.eqb_eq in S3. set (v := direction c) in *.
  destruct (accepted_leaf K _ _ _ l A I) as (_ & IN & y & Y & YD & YS & YC).
  apply Nat.eqb_eq in W. assert (LEN : length y = length v) by (destruct Y; congruence).
  rewrite forallb_forall in S1.
  assert (Z0 : soon (fun t => Forall (satisfies (shifted K t y v)) (domain_of f) /\
                              Forall (satisfies (shifted K t y v)) (splits (cell l)))).
  { apply soon_and; apply soon_shifted; auto.
    - unfold domain_of. rewrite IN. apply Forall_map, Forall_forall. intros (r, rel) J.
      destruct rel; simpl; auto. right. split; [reflexivity|]. specialize (S1 _ J). simpl in S1. now apply Z.eqb_eq.
    - pose proof A as (_ & _ & tree & H).
      refine (Forall_impl _ _ (leaf_strict _ _ _ _ _ _ H I (Forall_nil _))). auto. }
  destruct (soon_now K _ Z0) as (t & T & _ & ZD & ZS). set (z := shifted K t y v) in *.
  assert (LZ : length z = length y).
  { unfold z, shifted. rewrite map_length, combine_length, LEN. apply Nat.min_id. }
  pose proof (satisfies_domain_of _ _ _ ZD) as ZG.
  assert (Z : full_in_domain h z) by (apply (given_in_domain K _ _ _ z A); [destruct Y; congruence|exact ZG]).
  assert (ZC : in_cell f l z).
  { split; [exact (Forall_impl _ (satisfies_weakly K z) ZG)|exact (Forall_impl _ (satisfies_weakly K z) ZS)]. }
  destruct (piece_correct K _ _ _ _ _ _ z A I ZC E) as [D VZ].
  destruct (piece_correct K _ _ _ _ _ _ y A I YC E) as [_ VY].
  pose proof (linear_differences _ _ _ _ _ _ LZ VZ VY) as G.
  unfold z in G at 1. rewrite shifted_difference in G by exact LEN.
  assert (DZ : distance n z y = (t * inj (norm_z n v))%K).
  { unfold distance, z. rewrite shifted_difference, norm_scaled, norm_inj by exact LEN.
    now rewrite absolute_of_nn by now apply lt_le. }
  exists z, y. split; [exact Z|]. split; [exact Y|]. split.
  - rewrite DZ. intro N. destruct (zero_mul K _ _ N) as [M|M]; [now apply (pos_neq K t)|].
    exact (inj_neq K _ S2 M).
  - rewrite DZ. assert (B : (inj d * distance n (claimed (full_networks h) z) (claimed (full_networks h) y))%K
      = (t * inj (norm_z n (map (fun r => dotz r v) (linear rs))))%K).
    { unfold distance. rewrite <- (absolute_of_nn K (inj d)) at 1 by (apply inj_nn; lia).
      rewrite <- norm_scaled, <- G, <- norm_inj.
      match goal with |- _ = (t * norm _ ?u)%K =>
        replace (t * norm n u)%K with (norm n (map (mul t) u))
          by (rewrite norm_scaled, absolute_of_nn; auto using lt_le) end.
      f_equal. generalize (linear rs). induction l0 as [|r m IH]; [reflexivity|]. cbn [map].
      rewrite IH. f_equal. now rewrite dot_map_right, dot_inj. }
    assert (M : @inj K d <> 0%K) by (apply inj_neq; lia).
    assert (M' : @inj K (constant_q c) <> 0%K) by (apply inj_neq; lia).
    assert (U : (@inj K (norm_z n (map (fun r => dotz r v) (linear rs))) * inj (constant_q c))%K
      = (@inj K (constant_p c) * (inj d * inj (norm_z n v)))%K) by (rewrite <- !inj_mul; now rewrite S3).
    replace (distance n (claimed (full_networks h) z) (claimed (full_networks h) y))
      with (inj d * distance n (claimed (full_networks h) z) (claimed (full_networks h) y) / inj d)%K
      by (field; exact M).
    rewrite B. replace (@inj K (norm_z n (map (fun r => dotz r v) (linear rs))))
      with (@inj K (norm_z n (map (fun r => dotz r v) (linear rs))) * inj (constant_q c) / inj (constant_q c))%K
      by (field; exact M').
    rewrite U. field. auto.
Qed.

Lemma zero_quotient q : 0 < q -> (0 / inj q)%K = (0 : K)%K.
Proof. intro P. field. apply inj_neq. lia. Qed.

End Meaning.

(* THEOREM (e), for the claim lipschitz in the norms 1 and inf, on both spaces. If the program accepts, the
   constant of the certificate is the Lipschitz constant of the network on the domain: a bound for any two
   points, and there are two points of the domain where it is attained, unless it is 0. *)
Theorem lipschitz_proved :
  forall h net claim ls a t c q, full_networks h = [net] -> right_slope h claim = true ->
  full_accepts (judge_lipschitz claim) h ls a t c = Some q -> slope_attained claim q = true ->
  forall K : ordered_field,
  is_lipschitz_constant K (slope_norm claim) (full_in_domain h) (output net)
    (inj (constant_p claim) / inj (constant_q claim))%K.
Proof.
  intros h net claim ls a t c q N R H T K.
  destruct (full_accepted _ _ _ _ _ _ _ H) as (P & tree & found & S & G & _ & J & E).
  assert (A : accepted h (now q) found) by (split; [exact P|split; [exact S|now exists tree]]).
  unfold right_slope in R. rewrite !andb_true_iff in R. destruct R as [[R1 R2] R3].
  apply Z.leb_le in R1. apply Z.ltb_lt in R2.
  assert (F : forall x : list K, claimed (full_networks h) x = output net x) by (intro x; now rewrite N).
  split.
  - intros x y X Y. rewrite <- !F. apply (lipschitz_upper K claim h (now q) found x y); auto.
    intro u. now rewrite !F, !output_length.
  - unfold slope_attained in T. apply orb_true_iff in T as [T|T].
    + left. apply Z.eqb_eq in T. rewrite T. change (inj 0) with (@zero K).
      now apply zero_quotient.
    + right. specialize (E T). apply Exists_exists in E as (l & I & B).
      destruct (attained_on K claim _ _ _ l A I R2 R3 B) as (x & y & X). exists x, y. rewrite !F in X. exact X.
Qed.
