(* The norms 1 and inf of vectors over an ordered field, and the bounds of linear maps in them. *)

From Coq Require Import ZArith List Bool Lia Ring Field.
From ExactReLU Require Import OrderedField Rows Networks Segments Pieces.
Import ListNotations.
Open Scope Z_scope.

Inductive norm_kind := NormOne | NormInf.

(* Norms of integer vectors. *)
Definition norm_z (n : norm_kind) (v : list Z) : Z :=
  fold_right (fun a s => match n with NormOne => Z.abs a + s | NormInf => Z.max (Z.abs a) s end) 0 v.

Section Norms.

Variable K : ordered_field.
Add Field Kfield12 : (laws K).

Definition absolute (a : K) : K := if leb K 0%K a then a else (- a)%K.
Definition larger (a b : K) : K := if leb K a b then b else a.

(* The sum, or the largest, of the absolute values. *)
Definition norm (n : norm_kind) (v : list K) : K :=
  fold_right (fun a s => match n with NormOne => (absolute a + s)%K | NormInf => larger (absolute a) s end) 0%K v.

Lemma absolute_nn a : (0 <= absolute a)%K.
Proof.
  unfold absolute. destruct (leb K 0%K a) eqn:E; [exact E|]. apply nn_opp, lt_le. exact E.
Qed.

Lemma absolute_le a b : (absolute a <= b)%K <-> (a <= b)%K /\ (- a <= b)%K.
Proof.
  unfold absolute. destruct (leb K 0%K a) eqn:E.
  - split; [|tauto]. intro H. split; [exact H|]. refine (le_trans K _ _ _ _ H). refine (le_trans K _ 0%K _ _ E).
    apply nn_opp. replace (- - a)%K with a by ring. exact E.
  - assert (L : (a <= 0)%K) by (apply lt_le; exact E). split; [|tauto]. intro H. split; [|exact H].
    refine (le_trans K _ _ _ L _). refine (le_trans K _ _ _ _ H). now apply nn_opp.
Qed.

Lemma le_absolute a : (a <= absolute a)%K /\ (- a <= absolute a)%K.
Proof. apply absolute_le, le_refl. Qed.

Lemma absolute_opp a : absolute (- a)%K = absolute a.
Proof.
  apply le_antisym; apply absolute_le; replace (- - a)%K with a by ring; destruct (le_absolute a), (le_absolute (- a)%K);
    replace (- - a)%K with a in * by ring; auto.
Qed.

Lemma absolute_add a b : (absolute (a + b) <= absolute a + absolute b)%K.
Proof.
  apply absolute_le. destruct (le_absolute a), (le_absolute b). split; [now apply add_le|].
  replace (- (a + b))%K with (- a + - b)%K by ring. now apply add_le.
Qed.

Lemma absolute_mul a b : absolute (a * b)%K = (absolute a * absolute b)%K.
Proof.
  assert (P : forall a b : K, (0 <= a)%K -> absolute (a * b)%K = (a * absolute b)%K).
  { clear. intros a b A. unfold absolute. destruct (leb K 0%K b) eqn:E.
    - now rewrite (nn_mul K _ _ A E).
    - destruct (leb K 0%K (a * b)%K) eqn:F; [|ring].
      assert (Z : (0 <= a * - b)%K) by (apply nn_mul; [exact A|apply nn_opp, lt_le; exact E]).
      replace (a * - b)%K with (- (a * b))%K in Z by ring. apply nn_opp in Z.
      rewrite (le_antisym K _ _ Z F). replace (a * - b)%K with (- (a * b))%K by ring.
      rewrite (le_antisym K _ _ Z F). ring. }
  unfold absolute at 2. destruct (leb K 0%K a) eqn:E; [now apply P|].
  rewrite <- (absolute_opp (a * b)%K). replace (- (a * b))%K with (- a * b)%K by ring.
  apply P. apply nn_opp, lt_le. exact E.
Qed.

Lemma absolute_of_nn a : (0 <= a)%K -> absolute a = a.
Proof. unfold absolute, le. now intros ->. Qed.

Lemma absolute_inj z : absolute (inj z) = inj (Z.abs z).
Proof.
  destruct (Z.le_gt_cases 0 z) as [H|H].
  - rewrite Z.abs_eq by exact H. apply absolute_of_nn. now apply inj_nn.
  - rewrite Z.abs_neq by lia. rewrite inj_opp, <- absolute_opp. apply absolute_of_nn. rewrite <- inj_opp.
    apply inj_nn. lia.
Qed.

Lemma larger_l a b : (a <= larger a b)%K.
Proof. unfold larger. destruct (leb K a b) eqn:E; [exact E|apply le_refl]. Qed.

Lemma larger_r a b : (b <= larger a b)%K.
Proof. unfold larger. destruct (leb K a b) eqn:E; [apply le_refl|apply lt_le; exact E]. Qed.

Lemma larger_lub a b c : (a <= c)%K -> (b <= c)%K -> (larger a b <= c)%K.
Proof. unfold larger. destruct (leb K a b); auto. Qed.

Lemma norm_nn n v : (0 <= norm n v)%K.
Proof.
  induction v as [|a v IH]; [apply le_refl|]. destruct n; simpl.
  - apply nn_add; [apply absolute_nn|exact IH].
  - exact (le_trans K _ _ _ IH (larger_r _ _)).
Qed.

Lemma norm_scaled n c v : norm n (map (mul c) v) = (absolute c * norm n v)%K.
Proof.
  induction v as [|a v IH]; simpl; [ring|]. rewrite IH, absolute_mul. destruct n; simpl in *; [ring|].
  unfold larger. destruct (leb K (absolute a) (norm NormInf v)) eqn:E.
  - assert (H : (absolute c * absolute a <= absolute c * norm NormInf v)%K).
    { apply le_sub. replace (absolute c * norm NormInf v - absolute c * absolute a)%K
        with (absolute c * (norm NormInf v - absolute a))%K by ring.
      apply nn_mul; [apply absolute_nn|now apply le_sub]. }
    unfold le in H. now rewrite H.
  - destruct (leb K (absolute c * absolute a)%K (absolute c * norm NormInf v)%K) eqn:F; [|reflexivity].
    apply le_antisym; [|exact F]. apply le_sub.
    replace (absolute c * absolute a - absolute c * norm NormInf v)%K
      with (absolute c * (absolute a - norm NormInf v))%K by ring.
    apply nn_mul; [apply absolute_nn|]. apply le_sub, lt_le. exact E.
Qed.

Definition distance (n : norm_kind) (u v : list K) : K := norm n (differences u v).

Lemma distance_triangle n : forall u v w : list K, length u = length v -> length v = length w ->
  (distance n u w <= distance n u v + distance n v w)%K.
Proof.
  unfold distance, differences.
  induction u as [|a u IH]; intros [|b v] [|c w] L M; try discriminate; simpl.
  - destruct n; replace (0 + 0 : K)%K with (0 : K)%K by ring; apply le_refl.
  - injection L as L. injection M as M. specialize (IH v w L M).
    assert (A : (absolute (a - c) <= absolute (a - b) + absolute (b - c))%K)
      by (replace (a - c)%K with ((a - b) + (b - c))%K by ring; apply absolute_add).
    destruct n; simpl in *.
    + refine (le_trans K _ _ _ (add_le K _ _ _ _ A IH) _). apply le_sub.
      match goal with |- (0 <= ?e)%K => replace e with (0 : K)%K by ring end. apply le_refl.
    + apply larger_lub.
      * refine (le_trans K _ _ _ A (add_le K _ _ _ _ _ _)); apply larger_l.
      * refine (le_trans K _ _ _ IH (add_le K _ _ _ _ _ _)); apply larger_r.
Qed.

Lemma differences_between s t (x y : list K) : length x = length y ->
  differences (between t x y) (between s x y) = map (mul (t - s)%K) (differences y x).
Proof.
  unfold differences, between. revert y. induction x as [|a x IH]; intros [|b y] L; try discriminate; [reflexivity|].
  simpl. injection L as L. rewrite (IH y L). f_equal. ring.
Qed.

Lemma at_difference r (x y : list K) : length x = length y ->
  (at_ r x - at_ r y)%K = dot (tl r) (differences x y).
Proof.
  intro L. unfold at_. destruct r as [|c r]; simpl; [ring|]. unfold differences. revert x y L.
  induction r as [|a r IH]; intros [|u x] [|v y] L; try discriminate; simpl; try ring.
  injection L as L. simpl in IH. rewrite <- (IH x y L). ring.
Qed.

(* |r.w| in terms of the sum, or the largest, of r's absolute values. *)
Lemma dot_sum (r : row) (w : list K) : (absolute (dot r w) <= inj (norm_z NormOne r) * norm NormInf w)%K.
Proof.
  assert (G : forall m, (norm NormInf w <= m)%K -> (absolute (dot r w) <= inj (norm_z NormOne r) * m)%K).
  { revert w. induction r as [|a r IH]; intros w m H.
    - simpl. rewrite absolute_of_nn by apply le_refl. change (inj 0) with (@zero K).
      replace (0 * m)%K with (0 : K)%K by ring. apply le_refl.
    - assert (M : (0 <= m)%K) by exact (le_trans K _ _ _ (norm_nn _ _) H).
      assert (P : (0 <= norm_z NormOne r)%Z) by (clear; induction r; simpl; lia).
      destruct w as [|b w]; simpl.
      + rewrite absolute_of_nn by apply le_refl. apply nn_mul; [apply inj_nn; lia|exact M].
      + simpl in H. refine (le_trans K _ _ _ (absolute_add _ _) _). rewrite inj_add.
        replace ((inj (Z.abs a) + inj (norm_z NormOne r)) * m)%K
          with (inj (Z.abs a) * m + inj (norm_z NormOne r) * m)%K by ring.
        apply add_le; [|apply IH; exact (le_trans K _ _ _ (larger_r _ _) H)].
        rewrite absolute_mul, absolute_inj. apply le_sub.
        replace (inj (Z.abs a) * m - inj (Z.abs a) * absolute b)%K with (inj (Z.abs a) * (m - absolute b))%K by ring.
        apply nn_mul; [apply inj_nn; lia|]. apply le_sub. exact (le_trans K _ _ _ (larger_l _ _) H). }
  apply G, le_refl.
Qed.

Lemma norm_inf_entry (r : row) a : In a r -> (Z.abs a <= norm_z NormInf r)%Z.
Proof. induction r as [|b r IH]; intros []; simpl; [subst; lia|]. specialize (IH H). lia. Qed.

Lemma dot_largest (w : list K) (m : Z) : forall r, (forall a, In a r -> (Z.abs a <= m)%Z) -> (0 <= m)%Z ->
  (absolute (dot r w) <= inj m * norm NormOne w)%K.
Proof.
  induction w as [|b w IH]; intros r H M.
  - rewrite dot_nil_r. rewrite absolute_of_nn by apply le_refl. simpl.
    replace (inj m * 0)%K with (0 : K)%K by ring. apply le_refl.
  - destruct r as [|a r]; simpl.
    + rewrite absolute_of_nn by apply le_refl. apply nn_mul; [now apply inj_nn|].
      apply nn_add; [apply absolute_nn|apply norm_nn].
    + refine (le_trans K _ _ _ (absolute_add _ _) _).
      replace (inj m * (absolute b + norm NormOne w))%K with (inj m * absolute b + inj m * norm NormOne w)%K by ring.
      apply add_le; [|apply IH; [intros c C; apply H; now right|exact M]].
      rewrite absolute_mul, absolute_inj. apply le_sub.
      replace (inj m * absolute b - inj (Z.abs a) * absolute b)%K
        with ((inj m - inj (Z.abs a)) * absolute b)%K by ring.
      apply nn_mul; [|apply absolute_nn]. apply le_sub, inj_le. apply H. now left.
Qed.

(* The dual bound of a row: |r.w| <= dual(r) |w|. *)
Definition dual (n : norm_kind) : norm_kind := match n with NormOne => NormInf | NormInf => NormOne end.

Lemma dot_dual n r (w : list K) : (absolute (dot r w) <= inj (norm_z (dual n) r) * norm n w)%K.
Proof.
  destruct n; simpl; [|apply dot_sum]. apply dot_largest; [apply norm_inf_entry|].
  induction r; simpl; lia.
Qed.

Lemma norm_inj n (v : list Z) : norm n (map inj v) = inj (norm_z n v).
Proof.
  induction v as [|a v IH]; [reflexivity|]. destruct n; simpl in *; rewrite IH, absolute_inj.
  - now rewrite inj_add.
  - unfold larger. destruct (leb K (inj (Z.abs a)) (inj (norm_z NormInf v))) eqn:E.
    + destruct (Z.le_gt_cases (Z.abs a) (norm_z NormInf v)) as [L|L]; [now rewrite Z.max_r|].
      rewrite Z.max_l by lia. apply le_antisym; [apply inj_le; lia|exact E].
    + destruct (Z.le_gt_cases (Z.abs a) (norm_z NormInf v)) as [L|L]; [|now rewrite Z.max_l by lia].
      apply (inj_le K) in L. unfold le in L. congruence.
Qed.

End Norms.

Arguments absolute {K}. Arguments norm {K}. Arguments distance {K}.
