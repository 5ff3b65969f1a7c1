(* Ordered fields: the numbers that points have.

   Every theorem of this folder is stated for points over an arbitrary ordered field K, so for the
   rationals and for the reals at once: nothing but the laws below is used. Networks, domains and
   certificates are rational, written as integers over positive denominators; [inj] takes an integer to K.
   The structure is no axiom: theorems quantify over it, and Rationals.v gives the field of rationals. *)

From Coq Require Import ZArith Field Ring List Bool Lia.
From Coq Require Import setoid_ring.InitialRing setoid_ring.Ring_theory.
Import ListNotations.

Record ordered_field := {
  carrier :> Type;
  zero : carrier; one : carrier;
  add : carrier -> carrier -> carrier;
  mul : carrier -> carrier -> carrier;
  sub : carrier -> carrier -> carrier;
  opp : carrier -> carrier;
  div : carrier -> carrier -> carrier;
  inv : carrier -> carrier;
  laws : field_theory zero one add mul sub opp div inv (@eq carrier);
  leb : carrier -> carrier -> bool;
  leb_total : forall a b, leb a b = true \/ leb b a = true;
  leb_trans : forall a b c, leb a b = true -> leb b c = true -> leb a c = true;
  leb_antisym : forall a b, leb a b = true -> leb b a = true -> a = b;
  leb_add : forall a b c, leb a b = true -> leb (add a c) (add b c) = true;
  leb_mul : forall a b, leb zero a = true -> leb zero b = true -> leb zero (mul a b) = true
}.

Section Order.

Variable K : ordered_field.

Declare Scope K_scope.
Delimit Scope K_scope with K.
Notation "0" := (zero K) : K_scope.
Notation "1" := (one K) : K_scope.
Infix "+" := (add K) : K_scope.
Infix "*" := (mul K) : K_scope.
Infix "-" := (sub K) : K_scope.
Infix "/" := (div K) : K_scope.
Notation "- a" := (opp K a) : K_scope.
Open Scope K_scope.

Definition le (a b : K) : Prop := leb K a b = true.
Definition lt (a b : K) : Prop := leb K b a = false.
Infix "<=" := le : K_scope.
Infix "<" := lt : K_scope.

Add Field Kfield : (laws K).

Lemma le_refl a : a <= a.
Proof. destruct (leb_total K a a); assumption. Qed.

Lemma lt_le a b : a < b -> a <= b.
Proof. unfold lt, le. intro H. destruct (leb_total K a b); congruence. Qed.

Lemma le_or_lt a b : a <= b \/ b < a.
Proof. unfold le, lt. destruct (leb K a b); auto. Qed.

Lemma lt_not_le a b : a < b -> b <= a -> False.
Proof. unfold lt, le. congruence. Qed.

Lemma not_le_lt a b : ~ b <= a -> a < b.
Proof. destruct (le_or_lt b a); tauto. Qed.

Lemma lt_neq a b : a < b -> a = b -> False.
Proof. intros H ->. exact (lt_not_le _ _ H (le_refl b)). Qed.

Lemma le_neq_lt a b : a <= b -> a <> b -> a < b.
Proof.
  intros H N. destruct (le_or_lt b a) as [L|L]; [|exact L].
  destruct N. exact (leb_antisym K a b H L).
Qed.

Lemma trichotomy a : a < 0 \/ a = 0 \/ 0 < a.
Proof.
  destruct (le_or_lt a 0) as [H|H]; [|auto]. destruct (le_or_lt 0 a) as [G|G]; [|auto].
  right; left. exact (leb_antisym K a 0 H G).
Qed.

Lemma add_le a b c d : a <= b -> c <= d -> a + c <= b + d.
Proof.
  intros H G. apply leb_trans with (b + c); [exact (leb_add K a b c H)|].
  replace (b + c) with (c + b) by ring. replace (b + d) with (d + b) by ring. exact (leb_add K c d b G).
Qed.

Lemma le_sub a b : 0 <= b - a <-> a <= b.
Proof.
  split; intro H.
  - replace a with (0 + a) by ring. replace b with (b - a + a) by ring. exact (leb_add K _ _ a H).
  - replace 0 with (a - a) by ring. exact (leb_add K a b (- a) H) ||
      (replace (a - a) with (a + - a) by ring; replace (b - a) with (b + - a) by ring; exact (leb_add K a b (- a) H)).
Qed.

Lemma lt_sub a b : 0 < b - a <-> a < b.
Proof.
  split; intro H; apply not_le_lt; intro G.
  - apply (lt_not_le _ _ H). apply le_sub. replace (0 - (b - a)) with (a - b) by ring. now apply le_sub.
  - apply (lt_not_le _ _ H). apply le_sub. apply le_sub in G. now replace (a - b) with (0 - (b - a)) by ring.
Qed.

Lemma nn_add a b : 0 <= a -> 0 <= b -> 0 <= a + b.
Proof. intros. replace 0 with (0 + 0) by ring. now apply add_le. Qed.

Lemma pos_nn_add a b : 0 < a -> 0 <= b -> 0 < a + b.
Proof.
  intros H G. apply not_le_lt. intro L. apply (lt_not_le _ _ H).
  replace a with ((a + b) + - b) by ring. replace 0 with (0 + 0) by ring. apply add_le; [exact L|].
  apply le_sub. now replace (0 - - b) with b by ring.
Qed.

Lemma nn_pos_add a b : 0 <= a -> 0 < b -> 0 < a + b.
Proof. intros. replace (a + b) with (b + a) by ring. now apply pos_nn_add. Qed.

Lemma nn_opp a : 0 <= - a <-> a <= 0.
Proof. rewrite <- (le_sub a 0). now replace (0 - a) with (- a) by ring. Qed.

Lemma pos_opp a : 0 < - a <-> a < 0.
Proof. rewrite <- (lt_sub a 0). now replace (0 - a) with (- a) by ring. Qed.

Lemma zero_mul a b : a * b = 0 -> a = 0 \/ b = 0.
Proof.
  intro H. destruct (trichotomy a) as [N|[Z|P]]; [right|now left|right].
  - replace b with (a * b / a) by (field; intro E; exact (lt_neq _ _ N E)).
    rewrite H. field. intro E; exact (lt_neq _ _ N E).
  - replace b with (a * b / a) by (field; intro E; exact (lt_neq _ _ P (eq_sym E))).
    rewrite H. field. intro E; exact (lt_neq _ _ P (eq_sym E)).
Qed.

Lemma pos_mul a b : 0 < a -> 0 < b -> 0 < a * b.
Proof.
  intros H G. apply le_neq_lt; [apply leb_mul; now apply lt_le|].
  intro E. destruct (zero_mul a b (eq_sym E)) as [Z|Z]; subst; [exact (lt_neq _ _ H eq_refl)|exact (lt_neq _ _ G eq_refl)].
Qed.

Lemma nn_mul a b : 0 <= a -> 0 <= b -> 0 <= a * b.
Proof. exact (leb_mul K a b). Qed.

Lemma square_nn a : 0 <= a * a.
Proof.
  destruct (le_or_lt 0 a) as [H|H]; [now apply nn_mul|].
  replace (a * a) with ((- a) * (- a)) by ring. apply pos_opp, lt_le in H. now apply nn_mul.
Qed.

Lemma one_pos : 0 < 1.
Proof.
  apply le_neq_lt; [replace 1 with (1 * 1) by ring; apply square_nn|].
  intro E. exact (F_1_neq_0 (laws K) (eq_sym E)).
Qed.

Lemma pos_inv a : 0 < a -> 0 < 1 / a.
Proof.
  intro H. apply not_le_lt. intro L. apply (lt_not_le _ _ one_pos).
  assert (N : a <> 0) by (intro E; exact (lt_neq _ _ H (eq_sym E))).
  apply le_sub. replace (0 - 1) with (a * - (1 / a)) by (field; exact N).
  apply nn_mul; [now apply lt_le|now apply nn_opp].
Qed.

Lemma pos_neq a : 0 < a -> a <> 0.
Proof. intros H E. exact (lt_neq _ _ H (eq_sym E)). Qed.

Lemma nn_cancel a b : 0 < a -> 0 <= a * b -> 0 <= b.
Proof.
  intros H G. replace b with (1 / a * (a * b)) by (field; now apply pos_neq).
  apply nn_mul; [apply lt_le; now apply pos_inv|exact G].
Qed.

Lemma pos_cancel a b : 0 < a -> 0 < a * b -> 0 < b.
Proof.
  intros H G. replace b with (1 / a * (a * b)) by (field; now apply pos_neq).
  apply pos_mul; [now apply pos_inv|exact G].
Qed.

Lemma le_trans a b c : a <= b -> b <= c -> a <= c.
Proof. exact (leb_trans K a b c). Qed.

Lemma le_antisym a b : a <= b -> b <= a -> a = b.
Proof. exact (leb_antisym K a b). Qed.

Lemma lt_le_trans a b c : a < b -> b <= c -> a < c.
Proof. intros H G. apply not_le_lt. intro L. exact (lt_not_le _ _ H (le_trans _ _ _ G L)). Qed.

Lemma le_lt_trans a b c : a <= b -> b < c -> a < c.
Proof. intros H G. apply not_le_lt. intro L. exact (lt_not_le _ _ G (le_trans _ _ _ L H)). Qed.

(* Integers in K. *)

Definition inj (z : Z) : K := gen_phiZ (zero K) (one K) (add K) (mul K) (opp K) z.

Lemma inj_morphism : ring_morph (zero K) (one K) (add K) (mul K) (sub K) (opp K) (@eq K)
  0%Z 1%Z Z.add Z.mul Z.sub Z.opp Zeq_bool inj.
Proof.
  exact (gen_phiZ_morph (Eqsth K) (Eq_ext (add K) (mul K) (opp K)) (F_R (laws K))).
Qed.

Lemma inj_0 : inj 0 = 0. Proof. exact (morph0 inj_morphism). Qed.
Lemma inj_1 : inj 1 = 1. Proof. exact (morph1 inj_morphism). Qed.
Lemma inj_add a b : inj (a + b)%Z = inj a + inj b. Proof. exact (morph_add inj_morphism a b). Qed.
Lemma inj_mul a b : inj (a * b)%Z = inj a * inj b. Proof. exact (morph_mul inj_morphism a b). Qed.
Lemma inj_sub a b : inj (a - b)%Z = inj a - inj b. Proof. exact (morph_sub inj_morphism a b). Qed.
Lemma inj_opp a : inj (- a)%Z = - inj a. Proof. exact (morph_opp inj_morphism a). Qed.

Lemma inj_nn_nat n : 0 <= inj (Z.of_nat n).
Proof.
  induction n as [|n IH]; [change (Z.of_nat 0) with 0%Z; rewrite inj_0; apply le_refl|].
  rewrite Nat2Z.inj_succ. unfold Z.succ. rewrite inj_add, inj_1.
  apply nn_add; [exact IH|apply lt_le, one_pos].
Qed.

Lemma inj_nn z : (0 <= z)%Z -> 0 <= inj z.
Proof. intro H. rewrite <- (Z2Nat.id z H). apply inj_nn_nat. Qed.

Lemma inj_pos z : (0 < z)%Z -> 0 < inj z.
Proof.
  intro H. replace z with (z - 1 + 1)%Z by lia. rewrite inj_add, inj_1.
  apply nn_pos_add; [apply inj_nn; lia|exact one_pos].
Qed.

Lemma inj_neq z : z <> 0%Z -> inj z <> 0.
Proof.
  intros H E. destruct (Z.lt_trichotomy z 0) as [L|[L|L]]; [|contradiction|].
  - apply (pos_neq (inj (- z))); [apply inj_pos; lia|rewrite inj_opp, E; ring].
  - exact (pos_neq _ (inj_pos z L) E).
Qed.

Lemma inj_le a b : (a <= b)%Z -> inj a <= inj b.
Proof. intro H. apply le_sub. rewrite <- inj_sub. apply inj_nn. lia. Qed.

End Order.

Arguments le {K}. Arguments lt {K}. Arguments inj {K}.
Arguments zero {o}. Arguments one {o}. Arguments add {o}. Arguments mul {o}.
Arguments sub {o}. Arguments opp {o}. Arguments div {o}.
Declare Scope K_scope.
Delimit Scope K_scope with K.
Notation "0" := zero : K_scope.
Notation "1" := one : K_scope.
Infix "+" := add : K_scope.
Infix "*" := mul : K_scope.
Infix "-" := sub : K_scope.
Infix "/" := div : K_scope.
Notation "- a" := (opp a) : K_scope.
Infix "<=" := le : K_scope.
Infix "<" := lt : K_scope.
