(* The affine pieces of an accepted certificate in the reading full: on the closed cell of a reached leaf the
   function is the leaf's affine map, and these closed cells cover the closure of the domain. *)

From Coq Require Import ZArith List Bool Lia Ring Field.
From ExactReLU Require Import OrderedField Rows Networks CaseTree Certificate Segments FullTree FullCertificate.
Import ListNotations.
Open Scope Z_scope.

Definition complete (s : map_state) : bool := match rest s with [] => true | _ => false end.

(* The rows of the outputs, over a denominator; of two networks, those of the difference. *)
Definition output_rows (s : list map_state) : option (list row * Z) :=
  match s with
  | [one] => Some (rows one, denominator one)
  | [one; two] =>
      Some (map (fun p => axpy (- denominator one) (snd p) (scaled (denominator two) (fst p)))
              (combine (rows one) (rows two)), denominator one * denominator two)
  | _ => None
  end.

Definition piece (b : branch) : option (list row * Z) :=
  if forallb complete (maps b) then output_rows (maps b) else None.

Section Meaning.

Variable K : ordered_field.
Add Field Kfield7 : (laws K).

(* What a claim with a tree speaks of: the network's outputs, or the differences of two networks' outputs. *)
Definition differences (a b : list K) : list K := map (fun p => (fst p - snd p)%K) (combine a b).

Definition claimed (nets : list network) (x : list K) : list K :=
  match nets with
  | [one] => output one x
  | [one; two] => differences (output one x) (output two x)
  | _ => []
  end.

(* x lies in the closed cell of a leaf. *)
Definition in_cell (f : frame) (l : leaf) (x : list K) : Prop :=
  Forall (weakly x) (given f) /\ Forall (weakly x) (splits (cell l)).

Lemma piece_at first (x : list K) b rs d nets : leads K Closed first x b -> first = start nets x ->
  piece b = Some (rs, d) ->
  0 < d /\ map (fun r => at_ r x) rs = map (mul (inj d)) (claimed nets x).
Proof.
  intros (ys & T & _ & R & _) -> P. unfold piece in P. destruct (forallb complete (maps b)) eqn:C; [|discriminate].
  assert (Q : Forall2 (fun s o => 0 < denominator s /\
      map (fun r => at_ r x) (rows s) = map (mul (inj (denominator s))) o) (maps b) (map (result K) ys)).
  { clear P R. revert C. induction T as [|s y ss ys (T1 & T2 & _ & T4) T IH]; intro C; simpl; [constructor|].
    simpl in C. apply andb_true_iff in C as [C1 C2]. constructor; [|now apply IH]. unfold complete in C1.
    split; [exact T1|]. rewrite T4. unfold result. rewrite <- T2.
    destruct (rest s); [reflexivity|discriminate]. }
  rewrite R in Q. clear C T R ys. unfold start in Q. rewrite map_map in Q. unfold result in Q. simpl in Q.
  change (fun x0 : network => finish (apply (fst x0) x) (snd x0)) with (fun n => output n x) in Q.
  destruct (maps b) as [|one [|two [|more ss]]]; simpl in P; try discriminate; injection P as <- <-.
  - destruct nets as [|n1 [|n2 nets]]; simpl in Q; inversion Q as [|? ? ? ? Q1 Q2]; subst; [exact Q1|inversion Q2].
  - destruct nets as [|n1 [|n2 [|n3 nets]]]; simpl in Q; inversion Q as [|? ? ? ? [P1 E1] Q2]; subst;
      inversion Q2 as [|? ? ? ? [P2 E2] Q3]; subst; [|inversion Q3].
    split; [nia|]. simpl. unfold differences. rewrite !map_map.
    change (finish (apply (fst n1) x) (snd n1)) with (output n1 x) in E1.
    change (finish (apply (fst n2) x) (snd n2)) with (output n2 x) in E2.
    revert E1 E2. generalize (rows one) (rows two) (output n1 x) (output n2 x).
    induction l as [|r l IH]; intros [|s m] [|u us] [|v vs] E1 E2; try discriminate; try reflexivity.
    simpl in *. injection E1 as E1 F1. injection E2 as E2 F2. f_equal; [|now apply IH].
    unfold at_ in *. rewrite dot_axpy, dot_scaled, E1, E2, inj_opp, inj_mul. ring.
Qed.

(* Mixing two points of a closed cell mixes the values. *)
Lemma in_cell_between f l t (x y : list K) : length x = length y -> (0 <= t)%K -> (t <= 1)%K ->
  in_cell f l x -> in_cell f l y -> in_cell f l (between t x y).
Proof.
  intros L T T1 [X1 X2] [Y1 Y2]. rewrite Forall_forall in X1, X2, Y1, Y2.
  split; apply Forall_forall; intros c I; apply weakly_between; auto.
Qed.

End Meaning.

Arguments claimed {K}. Arguments differences {K}. Arguments in_cell {K}.

(* What full_accepted gives about the domain's frame and the leaves. *)
Definition accepted (h : full_header) (f : frame) (found : list leaf) : Prop :=
  Forall positive_network (full_networks h) /\
  sound_frame (full_inputs h) (map domain_row (full_domain h)) f /\
  exists tree, leaves_of f (full_inputs h) (root (full_networks h) (full_depth h)) tree = Some found.

Section Cover.

Variable K : ordered_field.
Add Field Kfield8 : (laws K).

Definition full_in_domain (h : full_header) (x : list K) : Prop :=
  length x = full_inputs h /\ in_domain K (full_domain h) x.

(* x is in the domain's closure, as far as its rows say. *)
Definition in_closure (h : full_header) (x : list K) : Prop :=
  length x = full_inputs h /\ Forall (weakly x) (map domain_row (full_domain h)).

Lemma in_domain_closure h x : full_in_domain h x -> in_closure h x.
Proof.
  intros [L D]. split; [exact L|]. apply domain_rows_correct in D.
  exact (Forall_impl _ (satisfies_weakly K x) D).
Qed.

Lemma given_in_domain h f found (x : list K) : accepted h f found ->
  length x = full_inputs h -> Forall (satisfies x) (given f) -> full_in_domain h x.
Proof. intros (_ & [S _] & _) L G. split; [exact L|]. apply domain_rows_correct. now apply S. Qed.

Lemma satisfies_strict c (x : list K) : satisfies x (strict c) -> satisfies x c.
Proof. destruct c as [r []]; unfold satisfies, strict; simpl; auto using lt_le. Qed.

Lemma satisfies_domain_of f (x : list K) : Forall (satisfies x) (domain_of f) -> Forall (satisfies x) (given f).
Proof.
  unfold domain_of. destruct (inside f); [|tauto]. rewrite Forall_map. apply Forall_impl.
  intro c. apply satisfies_strict.
Qed.

(* Between a point of the closure and one of the domain, all points but the first belong to the domain. *)
Lemma closure_between h t (x y : list K) : (0 < t)%K -> (t <= 1)%K -> in_closure h x -> full_in_domain h y ->
  full_in_domain h (between t x y).
Proof.
  intros T T1 [LX X] [LY Y]. split; [rewrite between_length; congruence|].
  apply domain_rows_correct. apply all_between; auto; [congruence|now apply domain_rows_correct].
Qed.

(* Rows of the preamble hold weakly on the closure, too. *)
Lemma closure_given h f found (x u : list K) : accepted h f found -> in_closure h x -> full_in_domain h u ->
  Forall (weakly x) (given f).
Proof.
  intros (_ & [S _] & _) X U. apply Forall_forall. intros c I.
  assert (G : forall t, (0 < t)%K -> (t <= 1)%K -> satisfies (between t x u) c).
  { intros t T T1. pose proof (closure_between h t x u T T1 X U) as [_ D]. apply domain_rows_correct in D.
    apply S in D. rewrite Forall_forall in D. auto. }
  assert (L : length x = length u) by (destruct X, U; congruence).
  unfold satisfies, weakly in *. destruct c as [r rel]. simpl in *.
  assert (N : rel <> Null -> (0 <= at_ r x)%K).
  { intro N. destruct (le_or_lt K 0%K (at_ r x)) as [A|A]; [exact A|].
    destruct (soon_now K _ (soon_neg K _ (at_ r u) A)) as (t & T & T1 & B). specialize (G t T T1).
    rewrite at_between in G by exact L. destruct rel; simpl in G; [| |congruence].
    - destruct (lt_not_le K _ _ G (lt_le K _ _ B)).
    - destruct (lt_not_le K _ _ B G). }
  destruct rel; [now apply N|now apply N|].
  destruct (trichotomy K (at_ r x)) as [A|[A|A]]; [|exact A|].
  - destruct (soon_now K _ (soon_neg K _ (at_ r u) A)) as (t & T & T1 & B). specialize (G t T T1).
    rewrite at_between in G by exact L. simpl in G. destruct (lt_neq K _ _ B G).
  - destruct (soon_now K _ (soon_pos K _ (at_ r u) A)) as (t & T & T1 & B). specialize (G t T T1).
    rewrite at_between in G by exact L. simpl in G. destruct (lt_neq K _ _ B (eq_sym G)).
Qed.

Lemma accepted_leaf h f found l : accepted h f found -> In l found ->
  left (cell l) = 0%nat /\ inside f = true /\
  exists y : list K, full_in_domain h y /\ Forall (satisfies y) (domain_of f) /\
    Forall (satisfies y) (splits (cell l)) /\ in_cell f l y.
Proof.
  intros A I. pose proof A as (_ & _ & tree & H). destruct (leaf_point K _ _ _ _ _ _ H I) as (L & IN & y & LY & Y).
  apply path_holds_app in Y as [Y1 Y2]. split; [exact L|]. split; [exact IN|]. exists y.
  pose proof (satisfies_domain_of _ _ Y1) as G. split; [exact (given_in_domain _ _ _ _ A LY G)|].
  split; [exact Y1|]. split; [exact Y2|].
  split; [exact (Forall_impl _ (satisfies_weakly K y) G)|exact (Forall_impl _ (satisfies_weakly K y) Y2)].
Qed.

(* Where a leaf was reached, the closure of the domain is covered by closed cells, each with an inner point. *)
Lemma cells_cover h f found (x : list K) : accepted h f found -> found <> [] -> in_closure h x ->
  exists l y, In l found /\ in_cell f l x /\ full_in_domain h y /\ in_cell f l y.
Proof.
  intros A N X. pose proof A as (_ & [S IN] & tree & H).
  destruct found as [|l0 found']; [congruence|].
  destruct (accepted_leaf _ _ _ l0 A (or_introl eq_refl)) as (_ & I0 & _).
  destruct (IN I0 K) as (u & LU & U).
  assert (D : full_in_domain h u) by exact (given_in_domain _ _ _ _ A LU (satisfies_domain_of _ _ U)).
  pose proof (closure_given _ _ _ _ _ A X D) as W.
  destruct (closure_covered K f _ _ tree _ x u H eq_refl LU U (proj1 X)) as (l & y & I & C & LY & Y).
  { now apply weakly_domain_of. }
  apply path_holds_app in Y as [Y1 Y2]. exists l, y. split; [exact I|]. split; [now split|].
  pose proof (satisfies_domain_of _ _ Y1) as G. split; [exact (given_in_domain _ _ _ _ A LY G)|].
  split; [exact (Forall_impl _ (satisfies_weakly K y) G)|exact (Forall_impl _ (satisfies_weakly K y) Y2)].
Qed.

Lemma no_leaf f inputs t (x : list K) : forall b, leaves_of f inputs b t = Some [] -> inside f = false ->
  path_holds K x (domain_of f) b -> False.
Proof.
  induction t as [layer neuron t0 IH0 t1 IH1|layer neuron by_ t' IH|by_|p more]; intros b H IN P; simpl in H.
  - destruct (split_row _ _ _); [|discriminate]. destruct (leaves_of _ _ _ t0); [|discriminate].
    destruct (leaves_of _ _ _ t1); [|discriminate]. apply split_leaves in H as [_ H]. congruence.
  - destruct (split_row _ _ _); [|discriminate]. destruct (combine_to _ _ _ _); [|discriminate].
    apply (IH _ H IN). apply path_holds_app in P as [P Q]. apply path_holds_app. simpl.
    unfold settled. now rewrite splits_settle.
  - destruct (refutes _ _) eqn:R; [|discriminate]. exact (refutes_point K _ _ x R P).
  - now rewrite IN in H.
Qed.

(* Each point of the domain lies in the closed cell of a reached leaf. *)
Lemma domain_covered h f found (x : list K) : accepted h f found -> full_in_domain h x ->
  exists l y, In l found /\ in_cell f l x /\ full_in_domain h y /\ in_cell f l y.
Proof.
  intros A D. destruct found as [|l0 found'].
  - pose proof A as (_ & [S IN] & tree & H). destruct (inside f) eqn:I.
    + destruct (IN eq_refl K) as (u & LU & U).
      destruct (closure_covered K f _ _ tree _ u u H eq_refl LU U LU) as (l & y & [] & _).
      exact (Forall_impl _ (satisfies_weakly K u) U).
    + destruct (no_leaf _ _ _ x _ H I). apply path_holds_app. split; [|constructor].
      unfold domain_of. rewrite I. apply S. apply domain_rows_correct. exact (proj2 D).
  - apply cells_cover; [exact A|discriminate|now apply in_domain_closure].
Qed.

(* On its closed cell a leaf's rows are the function. *)
Lemma piece_correct h f found l rs d (x : list K) : accepted h f found -> In l found -> in_cell f l x ->
  piece (cell l) = Some (rs, d) ->
  0 < d /\ map (fun r => at_ r x) rs = map (mul (inj d)) (claimed (full_networks h) x).
Proof.
  intros (P & _ & tree & H) I [G C] E. refine (piece_at K (start (full_networks h) x) x _ _ _ _ _ eq_refl E).
  refine (leaf_leads K Closed f _ _ x tree _ _ _ H I (weakly_equations K _ _ G) C _).
  now apply root_leads.
Qed.

End Cover.

Arguments full_in_domain {K}. Arguments in_closure {K}.
