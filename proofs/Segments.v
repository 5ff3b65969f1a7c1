(* Segments: convexity of rows along a segment, what holds just after its first point, and generic points. *)

From Coq Require Import ZArith List Bool Lia Ring Field.
From ExactReLU Require Import OrderedField Rows.
Import ListNotations.
Open Scope K_scope.

Section Segments.

Variable K : ordered_field.
Add Field Kfield5 : (laws K).

(* The point (1 - t) x + t y. *)
Definition between (t : K) (x y : list K) : list K :=
  map (fun p => (1 - t) * fst p + t * snd p) (combine x y).

Lemma between_length t x y : length x = length y -> length (between t x y) = length x.
Proof. intro E. unfold between. rewrite map_length, combine_length, E. apply Nat.min_id. Qed.

Lemma at_between r t x y : length x = length y -> at_ r (between t x y) = (1 - t) * at_ r x + t * at_ r y.
Proof.
  intro E. unfold at_. destruct r as [|c r]; simpl; [ring|].
  assert (D : dot r (between t x y) = (1 - t) * dot r x + t * dot r y).
  { revert x y E. induction r as [|a r IH]; intros [|u x] [|v y] E; try discriminate; simpl; try ring.
    unfold between in *. injection E as E. rewrite (IH x y E). ring. }
  rewrite D. ring.
Qed.

Lemma between_0 x y : length x = length y -> between 0 x y = x.
Proof.
  revert y. induction x as [|a x IH]; intros [|b y] E; try discriminate; [reflexivity|].
  injection E as E. unfold between in *. simpl. rewrite (IH y E). f_equal. ring.
Qed.

Lemma between_1 x y : length x = length y -> between 1 x y = y.
Proof.
  revert y. induction x as [|a x IH]; intros [|b y] E; try discriminate; [reflexivity|].
  injection E as E. unfold between in *. simpl. rewrite (IH y E). f_equal. ring.
Qed.

(* A value between two values that are not negative. *)
Lemma mix_nn (t a b : K) : 0 <= t -> t <= 1 -> 0 <= a -> 0 <= b -> 0 <= (1 - t) * a + t * b.
Proof. intros. apply nn_add; apply nn_mul; auto. now apply le_sub. Qed.

Lemma mix_pos (t a b : K) : 0 < t -> t <= 1 -> 0 <= a -> 0 < b -> 0 < (1 - t) * a + t * b.
Proof.
  intros T L A B. apply nn_pos_add; [apply nn_mul; [now apply le_sub|exact A]|now apply pos_mul].
Qed.

(* P holds just after 0. *)
Definition soon (P : K -> Prop) : Prop :=
  exists d, 0 < d /\ d <= 1 /\ forall t, 0 < t -> t <= d -> P t.

Lemma smaller (a b : K) : exists c, c <= a /\ c <= b /\ (c = a \/ c = b).
Proof.
  destruct (le_or_lt K a b) as [H|H]; [exists a|exists b]; repeat split; auto using le_refl, lt_le.
Qed.

Lemma soon_and (P Q : K -> Prop) : soon P -> soon Q -> soon (fun t => P t /\ Q t).
Proof.
  intros (d & D0 & D1 & D) (e & E0 & E1 & E). destruct (smaller d e) as (c & C1 & C2 & C).
  exists c. split; [destruct C; subst; assumption|]. split; [exact (le_trans K _ _ _ C1 D1)|].
  intros t T L. split; [apply D|apply E]; auto; eapply le_trans; eauto.
Qed.

Lemma soon_impl (P Q : K -> Prop) : (forall t, 0 < t -> t <= 1 -> P t -> Q t) -> soon P -> soon Q.
Proof.
  intros H (d & D0 & D1 & D). exists d. repeat split; auto. intros t T L. apply H; auto.
  exact (le_trans K _ _ _ L D1).
Qed.

Lemma soon_always (P : K -> Prop) : (forall t, 0 < t -> t <= 1 -> P t) -> soon P.
Proof. intro H. exists 1. repeat split; auto using le_refl. apply one_pos. Qed.

Lemma soon_Forall {A} (P : A -> K -> Prop) l :
  Forall (fun a => soon (P a)) l -> soon (fun t => Forall (fun a => P a t) l).
Proof.
  induction 1 as [|a l H F IH].
  - apply soon_always. constructor.
  - refine (soon_impl _ _ _ (soon_and _ _ H IH)). intros t _ _ [X Y]. now constructor.
Qed.

Lemma soon_now (P : K -> Prop) : soon P -> exists t, 0 < t /\ t <= 1 /\ P t.
Proof. intros (d & D0 & D1 & D). exists d. auto using le_refl. Qed.

Lemma soon_pos (a b : K) : 0 < a -> soon (fun t => 0 < (1 - t) * a + t * b).
Proof.
  intro A. set (m := if leb K b 0 then - b else 0).
  assert (M : 0 <= m /\ 0 <= b + m).
  { unfold m. destruct (leb K b 0) eqn:L.
    - split; [now apply nn_opp|]. replace (b + - b) with (0 : K) by ring. apply le_refl.
    - split; [apply le_refl|]. replace (b + 0) with b by ring. exact (lt_le K 0 b L). }
  destruct M as [M0 M1].
  assert (S : 0 < a + a + m) by (apply pos_nn_add; [apply pos_nn_add; auto using lt_le|exact M0]).
  exists (a / (a + a + m)). assert (I := pos_inv K _ S). assert (N := pos_neq K _ S). split; [|split].
  - replace (a / (a + a + m)) with (a * (1 / (a + a + m))) by (field; exact N). now apply pos_mul.
  - apply le_sub. replace (1 - a / (a + a + m)) with ((a + m) * (1 / (a + a + m))) by (field; exact N).
    apply nn_mul; [apply nn_add; auto using lt_le|now apply lt_le].
  - intros t T L.
    (* a - t (a - b), and t (a - b) <= t (a + m) < t (a + a + m) <= a *)
    replace ((1 - t) * a + t * b) with (t * a + (t * (b + m) + (a - t * (a + a + m)))) by ring.
    apply pos_nn_add; [now apply pos_mul|]. apply nn_add; [apply nn_mul; auto using lt_le|].
    replace (a - t * (a + a + m)) with ((a + a + m) * (a / (a + a + m) - t)) by (field; exact N).
    apply nn_mul; [now apply lt_le|now apply le_sub].
Qed.

Lemma soon_neg (a b : K) : a < 0 -> soon (fun t => (1 - t) * a + t * b < 0).
Proof.
  intro A. apply pos_opp in A. refine (soon_impl _ _ _ (soon_pos _ (- b) A)).
  intros t _ _ H. apply pos_opp. now replace (- ((1 - t) * a + t * b)) with ((1 - t) * - a + t * - b) by ring.
Qed.

Lemma soon_neq (a b : K) : a <> 0 -> soon (fun t => (1 - t) * a + t * b <> 0).
Proof.
  intro A. destruct (trichotomy K a) as [N|[Z|P]]; [|contradiction|].
  - refine (soon_impl _ _ _ (soon_neg _ b N)). intros t _ _ H E. exact (lt_neq K _ _ H E).
  - refine (soon_impl _ _ _ (soon_pos _ b P)). intros t _ _ H E. exact (lt_neq K _ _ H (eq_sym E)).
Qed.

(* A row that is not zero at both ends has, just after the first one, the sign that it has there, if any. *)
Definition follows_sign (r : row) (x y : list K) : Prop :=
  at_ r y <> 0 /\ (0 < at_ r x -> 0 < at_ r y) /\ (at_ r x < 0 -> at_ r y < 0).

Lemma soon_follows r x y : length x = length y -> at_ r y <> 0 ->
  soon (fun t => follows_sign r x (between t x y)).
Proof.
  intros L N. unfold follows_sign.
  assert (S : forall P : K -> Prop, (forall t, P ((1 - t) * at_ r x + t * at_ r y) -> P (at_ r (between t x y))))
    by (intros P t H; now rewrite at_between).
  destruct (trichotomy K (at_ r x)) as [H|[H|H]].
  - refine (soon_impl _ _ _ (soon_neg _ (at_ r y) H)). intros t _ _ G. rewrite at_between by exact L.
    repeat split; auto.
    + intro E. exact (lt_neq K _ _ G E).
    + intro P. destruct (lt_not_le K _ _ P (lt_le K _ _ H)).
  - apply soon_always. intros t T _. rewrite at_between, H by exact L.
    replace ((1 - t) * 0 + t * at_ r y) with (t * at_ r y) by ring. repeat split.
    + intro E. destruct (zero_mul K _ _ E); [now apply (pos_neq K t)|contradiction].
    + intro P. destruct (lt_neq K _ _ P eq_refl).
    + intro P. destruct (lt_neq K _ _ P eq_refl).
  - refine (soon_impl _ _ _ (soon_pos _ (at_ r y) H)). intros t _ _ G. rewrite at_between by exact L.
    repeat split; auto.
    + intro E. exact (lt_neq K _ _ G (eq_sym E)).
    + intro P. destruct (lt_not_le K _ _ P (lt_le K _ _ H)).
Qed.

(* A point of C where none of the rows is 0, if from each point of C one can move a little, within C, towards
   points where the rows are not 0. *)
Lemma generic_point (C : list K -> Prop) n (rows : list row) u : C u -> (forall v, C v -> length v = n) ->
  (forall r, In r rows -> exists q, length q = n /\ at_ r q <> 0 /\
    forall v, C v -> soon (fun t => C (between t v q))) ->
  exists v, C v /\ Forall (fun r => at_ r v <> 0) rows.
Proof.
  intros U L. induction rows as [|r rows IH]; intro H; [now exists u|].
  destruct IH as (v & V & F); [intros s I; apply H; now right|].
  destruct (H r (or_introl eq_refl)) as (q & Q & R & M).
  assert (E : length v = length q) by (rewrite Q; now apply L).
  assert (G : soon (fun t => Forall (fun s => at_ s (between t v q) <> 0) rows)).
  { apply (soon_Forall (fun s t => at_ s (between t v q) <> 0)). refine (Forall_impl _ _ F). intros s N.
    refine (soon_impl _ _ _ (soon_neq _ (at_ s q) N)). intros t _ _. now rewrite at_between. }
  destruct (soon_now _ (soon_and _ _ (M v V) G)) as (t0 & T0 & T1 & C0 & F0).
  destruct (trichotomy K (at_ r v)) as [N|[N|N]].
  - exists v. split; [exact V|]. constructor; [intro X; exact (lt_neq K _ _ N X)|exact F].
  - exists (between t0 v q). split; [exact C0|]. constructor; [|exact F0].
    rewrite at_between, N by exact E. intro X.
    destruct (zero_mul K t0 (at_ r q)) as [Z|Z]; [rewrite <- X; ring|now apply (pos_neq K t0)|contradiction].
  - exists v. split; [exact V|]. constructor; [intro X; exact (lt_neq K _ _ N (eq_sym X))|exact F].
Qed.

End Segments.

Arguments between {K}. Arguments soon {K}. Arguments follows_sign {K}.
