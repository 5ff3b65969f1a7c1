(* Theorem (a) once more, from the points' side: each point of the domain has a listed configuration. *)

From Coq Require Import ZArith List Bool Lia.
From ExactReLU Require Import OrderedField Rows Networks CaseTree Certificate.
Import ListNotations.
Open Scope Z_scope.

Section Points.

Variable K : ordered_field.

Definition mark_at (n : (Z * Z) * K) : mark :=
  if bent (fst n) then Bit (negb (leb K (snd n) 0%K)) else Linear.

Lemma mark_at_fits rd n : fits_mark rd (mark_at n) n.
Proof.
  unfold mark_at. destruct (bent (fst n)) eqn:B; simpl; [|exact B]. split; [exact B|].
  destruct (leb K (snd n) 0%K) eqn:L; simpl.
  - destruct rd; exact L.
  - assert (P : (0 < snd n)%K) by exact L. destruct rd; simpl; auto using lt_le.
Qed.

(* Every point has a configuration in every reading. *)
Lemma configuration_exists rd depth_ : forall s : list (state K),
  exists c, length c = depth_ /\ has_configuration rd c s.
Proof.
  induction depth_ as [|d IH]; intro s; [now exists []|].
  destruct (IH (map next s)) as (c & L & H). exists (map mark_at (flat_map neurons s) :: c).
  simpl. split; [now rewrite L|]. split; [|exact H].
  induction (flat_map neurons s); simpl; constructor; [apply mark_at_fits|assumption].
Qed.

(* In the reading half-open it has only one. *)
Lemma configuration_unique c : forall (d : configuration) (s : list (state K)), length c = length d ->
  has_configuration HalfOpen c s -> has_configuration HalfOpen d s -> c = d.
Proof.
  induction c as [|l c IH]; intros [|m d] s L H G; try discriminate; [reflexivity|].
  destruct H as [H1 H2], G as [G1 G2]. f_equal; [|apply (IH d (map next s)); auto].
  clear - H1 G1. revert m G1. induction H1 as [|a n l ns F H IH]; intros m G; inversion G as [|b ? m' ? F' G']; subst;
    [reflexivity|]. f_equal; [|now apply IH].
  destruct a as [| |a], b as [| |b]; simpl in *; try contradiction; try reflexivity;
    try (destruct F; congruence); try (destruct F'; congruence).
  destruct F as [_ F], F' as [_ F']. destruct a, b; try reflexivity; destruct (lt_not_le K _ _ F F') ||
    destruct (lt_not_le K _ _ F' F).
Qed.

End Points.

(* THEOREM (a), coverage: if the program accepts, every point of the domain has a listed configuration, and in
   the reading half-open exactly one. ([found] is the list of Theorem configurations_proved.) *)
Theorem coverage_proved :
  forall h ls a c, accepts h ls a c = true -> claims_empty h = false ->
  exists found : list configuration, NoDup found /\ Z.of_nat (length found) = c /\
    forall (K : ordered_field) (x : list K), length x = inputs h -> in_domain K (domain h) x ->
      exists s, In s found /\ has_configuration (kind_of_reading h) s (start (networks h) x) /\
        (kind_of_reading h = HalfOpen -> forall s', In s' found ->
           has_configuration HalfOpen s' (start (networks h) x) -> s' = s).
Proof.
  intros h ls a c H E. destruct (configurations_proved h ls a c H E) as (t & found & _ & _ & N & L & G).
  exists found. split; [exact N|]. split; [exact L|]. intros K x X D.
  destruct (configuration_exists K (kind_of_reading h) (depth h) (start (networks h) x)) as (s & S & F).
  exists s. split; [|split; [exact F|]].
  - apply (G K). split; [exact S|]. now exists x.
  - intros R s' I F'. rewrite R in F. apply (configuration_unique K s' s (start (networks h) x)); auto.
    apply (G K) in I as [I _]. now rewrite I, S.
Qed.
