(* The claim unequal: two networks that differ at a point of the domain. *)

From Coq Require Import ZArith List Bool Lia Ring Field.
From ExactReLU Require Import OrderedField Rows Networks CaseTree Certificate.
Import ListNotations.
Open Scope Z_scope.

(* Values as integers over a positive denominator. *)
Definition affine_at (A : affine) (v : point) : point :=
  (map (fun w => dotz w (snd v :: fst v)) (weights A), scale A * snd v).

Fixpoint units_at (ps : list (Z * Z)) (ys : list Z) : list Z :=
  match ps, ys with
  | p :: ps', y :: ys' => (if y <=? 0 then fst p * y else snd p * y) :: units_at ps' ys'
  | _, _ => []
  end.

Definition activated_at (s : slopes) (y : point) : point := (units_at (pairs s) (fst y), common s * snd y).

Fixpoint finish_at (y : point) (t : layers) : point :=
  match t with [] => y | (s, A) :: t' => finish_at (affine_at A (activated_at s y)) t' end.

Definition output_at (n : network) (x : point) : point := finish_at (affine_at (fst n) x) (snd n).

Definition same_point (a b : point) : bool :=
  Nat.eqb (length (fst a)) (length (fst b))
  && forallb (fun e => fst e * snd b =? snd e * snd a) (combine (fst a) (fst b)).

Definition positive_point (width : nat) (a : point) : bool := (0 <? snd a) && is_width width (fst a).

Record difference := {
  first : network; second : network; difference_domain : list inequality;
  place : point; first_output : point; second_output : point }.

Definition output_width (n : network) : nat := length (weights (last (map snd (snd n)) (fst n))).

Definition differ (d : difference) : bool :=
  let n := length (fst (place d)) in
  let m := length (fst (first_output d)) in
  negb (Nat.eqb n 0) && is_network n (first d) && is_network n (second d)
  && Nat.eqb (output_width (first d)) m && Nat.eqb (output_width (second d)) m
  && forallb (fun i : inequality => is_width (S n) (fst i)) (difference_domain d)
  && positive_point n (place d) && positive_point m (first_output d) && positive_point m (second_output d)
  && sees_point (place d) (map domain_row (difference_domain d))
  && same_point (output_at (first d) (place d)) (first_output d)
  && same_point (output_at (second d) (place d)) (second_output d)
  && negb (same_point (first_output d) (second_output d)).

Section Correct.

Variable K : ordered_field.
Add Field Kfield4 : (laws K).

Notation rational := (rational_point K).

Lemma quotient_zero (z d : Z) : 0 < d -> leb K (inj z / inj d)%K 0%K = (z <=? 0).
Proof.
  intro P. pose proof (inj_pos K d P) as Q. destruct (z <=? 0) eqn:E.
  - apply Z.leb_le in E. change ((inj z / inj d : K) <= 0)%K. apply nn_opp.
    replace (- (inj z / inj d))%K with (1 / @inj K d * inj (- z))%K
      by (rewrite inj_opp; field; apply inj_neq; lia).
    apply nn_mul; [apply lt_le; now apply pos_inv|apply inj_nn; lia].
  - apply Z.leb_gt in E. change (0 < (inj z / inj d : K))%K.
    replace (inj z / inj d)%K with (1 / @inj K d * inj z)%K by (field; apply inj_neq; lia).
    apply pos_mul; [now apply pos_inv|now apply inj_pos].
Qed.

Lemma affine_at_correct A v : 0 < scale A -> 0 < snd v -> rational (affine_at A v) = apply A (rational v).
Proof.
  intros P Q. unfold apply, affine_at, rational_point at 1. simpl. rewrite map_map. apply map_ext.
  intro w. rewrite at_point by exact Q. rewrite inj_mul. field. split; apply inj_neq; lia.
Qed.

Lemma activated_at_correct s y : 0 < common s -> 0 < snd y ->
  rational (activated_at s y) = activated s (rational y).
Proof.
  intros P Q. unfold activated_at, activated, rational_point. simpl. destruct y as [ys d]. simpl in *.
  revert ys. induction (pairs s) as [|p ps IH]; intros [|z ys]; simpl; try reflexivity.
  rewrite IH. f_equal. unfold unit. rewrite quotient_zero by exact Q.
  destruct (z <=? 0); rewrite !inj_mul; field; split; apply inj_neq; lia.
Qed.

Lemma finish_at_correct t : forall y, positive_layers t -> 0 < snd y ->
  rational (finish_at y t) = finish (rational y) t /\ 0 < snd (finish_at y t).
Proof.
  induction t as [|(s, A) t IH]; intros y L P; simpl; [auto|].
  inversion L as [|? ? [L1 L2] L3]; subst. simpl in L1, L2.
  assert (P' : 0 < snd (activated_at s y)) by (simpl; nia).
  assert (P'' : 0 < snd (affine_at A (activated_at s y))) by (simpl in *; nia).
  destruct (IH _ L3 P'') as [E F]. split; [|exact F].
  now rewrite E, affine_at_correct, activated_at_correct.
Qed.

Lemma output_at_correct n x : positive_network n -> 0 < snd x ->
  rational (output_at n x) = output n (rational x) /\ 0 < snd (output_at n x).
Proof.
  intros [P L] Q. unfold output_at, output.
  assert (P' : 0 < snd (affine_at (fst n) x)) by (simpl; nia).
  destruct (finish_at_correct (snd n) _ L P') as [E F]. split; [|exact F].
  now rewrite E, affine_at_correct.
Qed.

Lemma quotient_equal (a b c d : Z) : 0 < b -> 0 < d -> (inj a / inj b = inj c / inj d :> K)%K <-> a * d = c * b.
Proof.
  intros P Q. assert (B : @inj K b <> 0%K) by (apply inj_neq; lia). assert (D : @inj K d <> 0%K) by (apply inj_neq; lia).
  split; intro H.
  - destruct (Z.eq_dec (a * d) (c * b)) as [E|E]; [exact E|]. exfalso.
    apply (inj_neq K (a * d - c * b)); [lia|]. rewrite inj_sub, !inj_mul.
    replace (inj a) with (@inj K a / inj b * inj b)%K by (field; exact B). rewrite H. field. exact D.
  - replace (inj a) with (@inj K a * inj d / inj d)%K by (field; exact D).
    rewrite <- inj_mul, H, inj_mul. field. auto.
Qed.

Lemma same_point_correct a b : 0 < snd a -> 0 < snd b ->
  same_point a b = true <-> rational a = rational b.
Proof.
  intros P Q. unfold same_point, rational_point. destruct a as [x d], b as [y e]. simpl in *.
  revert y. induction x as [|a x IH]; intros [|b y]; simpl; try (split; [discriminate|discriminate || auto]); [tauto|].
  specialize (IH y). rewrite !andb_true_iff in *. rewrite Z.eqb_eq. rewrite <- (quotient_equal a d b e P Q).
  split.
  - intros [L [E F]]. f_equal; [exact E|]. now apply IH.
  - intro H. injection H as E F. apply IH in F. tauto.
Qed.

(* THEOREM (c), for the claim unequal. If the program accepts, the point lies in the domain, the networks have
   there the two outputs that the certificate says, and these are different. *)
Theorem difference_proved : forall d, differ d = true ->
  in_domain K (difference_domain d) (rational (place d)) /\
  output (first d) (rational (place d)) = rational (first_output d) /\
  output (second d) (rational (place d)) = rational (second_output d) /\
  rational (first_output d) <> rational (second_output d).
Proof.
  intros d H. unfold differ, positive_point in H. rewrite !andb_true_iff, !Z.ltb_lt in H.
  destruct H as [[[[[[[[[[[[_ N1] N2] _] _] _] [P _]] [O1 _]] [O2 _]] S] E1] E2] D].
  destruct (output_at_correct _ _ (is_network_positive _ _ N1) P) as [F1 G1].
  destruct (output_at_correct _ _ (is_network_positive _ _ N2) P) as [F2 G2].
  split; [|split; [|split]].
  - apply domain_rows_correct. exact (sees_point_sound K _ _ P S).
  - rewrite <- F1. now apply same_point_correct.
  - rewrite <- F2. now apply same_point_correct.
  - intro E. apply same_point_correct in E; [|exact O1|exact O2]. rewrite E in D. discriminate.
Qed.

End Correct.
