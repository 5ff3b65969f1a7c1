(* The claim equal, with a tree: two networks that agree on the domain. *)

From Coq Require Import ZArith List Bool Lia Ring Field.
From ExactReLU Require Import OrderedField Rows Networks CaseTree Certificate Difference.
From ExactReLU Require Import Segments FullTree FullCertificate Pieces.
Import ListNotations.
Open Scope Z_scope.

(* On the leaf's cell each difference of outputs is zero, or equations combine to it. *)
Definition judge_equal : judgement := fun rows_ b more =>
  match piece b with
  | None => None
  | Some (rs, d) =>
      let right := match more with
                   | None => forallb allzero rs
                   | Some ms => Nat.eqb (length ms) (length rs)
                                && forallb (fun p => combine_to rows_ (fst p) (snd p) d) (combine ms rs)
                   end in
      if right then Some false else None
  end.

Definition are_comparable (one two : network) : bool := Nat.eqb (output_width one) (output_width two).

Section Correct.

Variable K : ordered_field.
Add Field Kfield9 : (laws K).

Lemma last_default {A} (l : list A) : forall c d e, last (c :: l) d = last (c :: l) e.
Proof. induction l as [|a l IH]; intros c d e; [reflexivity|exact (IH a d e)]. Qed.

Lemma output_length n (x : list K) : length (output n x) = output_width n.
Proof.
  unfold output, output_width. destruct n as [A t]. simpl.
  assert (G : forall t y (A : affine), length y = length (weights A) ->
    length (finish (K := K) y t) = length (weights (last (map snd t) A))).
  { clear. induction t as [|(s, B) t IH]; intros y A L; [exact L|].
    change (length (finish (K := K) (apply B (activated s y)) t) = length (weights (last (B :: map snd t) A))).
    replace (last (B :: map snd t) A) with (last (map snd t) B).
    - apply IH. unfold apply. now rewrite map_length.
    - destruct (map snd t) as [|C l]; [reflexivity|exact (last_default l C B A)]. }
  apply G. unfold apply. now rewrite map_length.
Qed.

Lemma scaled_zero d (v : list K) (rs : list row) x : 0 < d ->
  map (fun r => at_ r x) rs = map (mul (inj d)) v -> Forall (fun r => at_ r x = 0%K) rs ->
  Forall (fun a => a = 0%K) v.
Proof.
  intros P. revert v. induction rs as [|r rs IH]; intros [|a v] E F; try discriminate; constructor.
  - simpl in E. injection E as E _. inversion F as [|? ? Z _]; subst. rewrite Z in E.
    destruct (zero_mul K _ _ (eq_sym E)) as [N|N]; [now apply inj_neq in N; [|lia]|exact N].
  - simpl in E. injection E as _ E. inversion F; subst. now apply IH.
Qed.

Lemma combine_forall rows_ (x : list K) d : equations_hold K rows_ x -> forall ms rs,
  length ms = length rs ->
  forallb (fun p => combine_to rows_ (fst p) (snd p) d) (combine ms rs) = true ->
  Forall (fun r => at_ r x = 0%K) rs.
Proof.
  intro Q. induction ms as [|m ms IH]; intros [|r rs] L H; try discriminate; constructor.
  - simpl in H. apply andb_true_iff in H as [H _]. exact (combine_to_zero K _ _ _ _ _ H Q).
  - simpl in H. apply andb_true_iff in H as [_ H]. apply IH; [now injection L|exact H].
Qed.

Lemma differences_zero (a b : list K) : length a = length b ->
  Forall (fun d => d = 0%K) (differences a b) -> a = b.
Proof.
  unfold differences. revert b. induction a as [|u a IH]; intros [|v b] L F; try discriminate; [reflexivity|].
  simpl in F. inversion F as [|? ? Z F']; subst. f_equal; [|apply IH; [now injection L|exact F']].
  replace u with (u - v + v)%K by ring. rewrite Z. ring.
Qed.

End Correct.

(* THEOREM (c), for the claim equal with a tree. If the program accepts, the two networks have the same outputs
   at every point of the domain. *)
Theorem equality_proved :
  forall h one two ls a t c q, full_networks h = [one; two] -> are_comparable one two = true ->
  full_accepts judge_equal h ls a t c = Some q ->
  forall (K : ordered_field) (x : list K), full_in_domain h x -> output one x = output two x.
Proof.
  intros h one two ls a t c q N W H K x D.
  destruct (full_accepted _ _ _ _ _ _ _ H) as (P & tree & found & S & L & _ & J & _).
  assert (A : accepted h (now q) found) by (split; [exact P|split; [exact S|now exists tree]]).
  destruct (domain_covered K _ _ _ x A D) as (l & y & I & C & _).
  rewrite Forall_forall in J. specialize (J l I). unfold judged, judge_equal in J.
  destruct (piece (cell l)) as [(rs, d)|] eqn:E; [|congruence].
  destruct (piece_correct K _ _ _ _ _ _ x A I C E) as [Q V]. rewrite N in V. simpl in V.
  apply differences_zero; [rewrite !output_length; now apply Nat.eqb_eq|].
  apply (scaled_zero K d _ rs x Q V). destruct C as [G _].
  destruct (extra l) as [ms|].
  - destruct (_ && _) eqn:B in J; [|congruence]. apply andb_true_iff in B as [B1 B2]. apply Nat.eqb_eq in B1.
    exact (combine_forall K _ x d (weakly_equations K _ _ G) _ _ B1 B2).
  - destruct (forallb allzero rs) eqn:B; [|congruence]. rewrite forallb_forall in B. apply Forall_forall.
    intros r I'. exact (dot_allzero K r _ (B r I')).
Qed.
