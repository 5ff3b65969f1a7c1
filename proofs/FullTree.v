(* The case tree in the reading full: its lines, and what a checked tree proves about the points of the domain.

   The key is [closure_covered]: every point of the closure of the domain lies in the closed cell of a reached
   leaf, and a point of that leaf's open cell is at hand. What holds on the closed cells holds on the domain. *)

From Coq Require Import ZArith List Bool Lia Ring Field.
From ExactReLU Require Import OrderedField Rows Networks CaseTree Segments.
Import ListNotations.
Open Scope Z_scope.

(* Multipliers that are meant exactly, not up to a positive factor: all are divided by the first number. *)
Definition exact_multipliers := (Z * multipliers)%type.

Inductive full_tree :=
  | FullSplit (layer neuron : Z) (zero_child one_child : full_tree)
  | Vanishing (layer neuron : Z) (by_ : exact_multipliers) (only_child : full_tree)
  | Excluded (by_ : multipliers)
  | FullReached (at_point : point) (extras : option (list exact_multipliers)).

(* The domain rows, the equations of the preamble among them, and if the line interior came. *)
Record frame := { given : list constraint; inside : bool }.

Definition strict (c : constraint) : constraint :=
  match snd c with AtLeast => (fst c, Above) | _ => c end.

(* After the line interior every domain row that is no equation is strict on the path. *)
Definition domain_of (f : frame) : list constraint := if inside f then map strict (given f) else given f.

(* The equations among the rows combine to r / d, as vectors of rationals. *)
Definition combine_to (rows : list constraint) (m : exact_multipliers) (r : row) (d : Z) : bool :=
  (0 <? fst m) && match combined true 0 rows (snd m) [] false with
                  | Some (total, _) => allzero (axpy (- fst m) r (scaled d total))
                  | None => false
                  end.

Definition strict_split (r : row) (bit : bool) : constraint := (if bit then r else negated r, Above).

Definition full_child (b : branch) (neuron : Z) (r : row) (bit : bool) : branch :=
  {| before := before b; marks := decided neuron bit (marks b); left := left b; maps := maps b;
     splits := strict_split r bit :: splits b |}.

Definition vanishing_child (b : branch) (neuron : Z) : branch :=
  {| before := before b; marks := decided neuron false (marks b); left := left b; maps := maps b;
     splits := splits b |}.

Record leaf := { cell : branch; extra : option (list exact_multipliers) }.

(* The reached leaves, in order; None if the tree proves nothing. *)
Fixpoint leaves_of (f : frame) (inputs : nat) (b : branch) (t : full_tree) : option (list leaf) :=
  match t with
  | FullSplit layer neuron t0 t1 =>
      let b := settled b in
      match split_row b layer neuron with
      | None => None
      | Some r =>
          match leaves_of f inputs (full_child b neuron r false) t0,
                leaves_of f inputs (full_child b neuron r true) t1 with
          | Some l0, Some l1 => match l0 ++ l1 with [] => None | l => Some l end
          | _, _ => None
          end
      end
  | Vanishing layer neuron by_ t' =>
      let b := settled b in
      match split_row b layer neuron with
      | None => None
      | Some r => if combine_to (given f) by_ r 1 then leaves_of f inputs (vanishing_child b neuron) t' else None
      end
  | Excluded by_ => if refutes (path (domain_of f) b) by_ then Some [] else None
  | FullReached x more =>
      let b := settled b in
      if inside f && reaches inputs (domain_of f) b x then Some [{| cell := b; extra := more |}] else None
  end.

Section Meaning.

Variable K : ordered_field.
Add Field Kfield6 : (laws K).

Notation path_holds := (path_holds K).
Notation leads := (leads K).

Definition equations_hold (rows : list constraint) (x : list K) : Prop :=
  forall e, In (e, Null) rows -> at_ e x = 0%K.

Lemma weakly_equations rows (x : list K) : Forall (weakly x) rows -> equations_hold rows x.
Proof. intros H e I. rewrite Forall_forall in H. exact (H _ I). Qed.

Lemma combine_to_zero rows m r d (x : list K) : combine_to rows m r d = true -> equations_hold rows x ->
  at_ r x = 0%K.
Proof.
  unfold combine_to. intros H E. apply andb_true_iff in H as [P H]. apply Z.ltb_lt in P.
  destruct combined as [(total, s)|] eqn:C; [|discriminate].
  pose proof (combined_equations K _ _ _ _ _ _ _ x C E) as V. unfold at_ in *. simpl in V.
  apply (dot_allzero K _ (1%K :: x)) in H. rewrite dot_axpy, dot_scaled, V, inj_opp in H.
  destruct (zero_mul K (inj (fst m)) (dot r (1%K :: x))) as [Z|Z]; [|now apply inj_neq in Z; [|lia]|exact Z].
  replace (inj (fst m) * dot r (1%K :: x))%K with (- (inj d * 0 + - inj (fst m) * dot r (1%K :: x)))%K by ring.
  rewrite H. ring.
Qed.

Lemma equations_strict rows (x : list K) : equations_hold (map strict rows) x <-> equations_hold rows x.
Proof.
  split; intros H e I.
  - apply H. apply in_map_iff. now exists (e, Null).
  - apply in_map_iff in I as ((r, []) & E & I); unfold strict in E; simpl in E; try discriminate.
    injection E as ->. now apply H.
Qed.

Lemma equations_domain_of f (x : list K) : equations_hold (domain_of f) x <-> equations_hold (given f) x.
Proof. unfold domain_of. destruct (inside f); [apply equations_strict|tauto]. Qed.

Lemma weakly_strict c (x : list K) : weakly x (strict c) <-> weakly x c.
Proof. destruct c as [r []]; unfold weakly, strict; simpl; tauto. Qed.

Lemma weakly_domain_of f (x : list K) : Forall (weakly x) (domain_of f) <-> Forall (weakly x) (given f).
Proof.
  unfold domain_of. destruct (inside f); [|tauto]. rewrite Forall_map.
  split; apply Forall_impl; intro c; apply weakly_strict.
Qed.

(* Between a point where a row holds weakly and one where it holds, it holds. *)
Lemma satisfies_between c t (x y : list K) : length x = length y -> (0 < t)%K -> (t <= 1)%K ->
  weakly x c -> satisfies y c -> satisfies (between t x y) c.
Proof.
  intros L T T1 W S. destruct c as [r rel]. unfold weakly, satisfies in *. simpl in *.
  rewrite at_between by exact L. destruct rel; simpl in *.
  - now apply mix_pos.
  - apply mix_nn; auto using lt_le.
  - rewrite W, S. ring.
Qed.

Lemma weakly_between c t (x y : list K) : length x = length y -> (0 <= t)%K -> (t <= 1)%K ->
  weakly x c -> weakly y c -> weakly (between t x y) c.
Proof.
  intros L T T1 W S. destruct c as [r rel]. unfold weakly in *. simpl in *.
  rewrite at_between by exact L. destruct rel; simpl in *; try (apply mix_nn; assumption).
  rewrite W, S. ring.
Qed.

Lemma all_between rows t (x y : list K) : length x = length y -> (0 < t)%K -> (t <= 1)%K ->
  Forall (weakly x) rows -> Forall (satisfies y) rows -> Forall (satisfies (between t x y)) rows.
Proof.
  intros L T T1 W S. rewrite Forall_forall in *. intros c I. apply satisfies_between; auto.
Qed.

Definition holds (rd : reading) (x : list K) (c : constraint) : Prop :=
  match rd with Closed => weakly x c | _ => satisfies x c end.

Lemma strict_split_sign rd r bit (x : list K) : holds rd x (strict_split (primitive r) bit) ->
  sign rd bit (at_ r x).
Proof.
  destruct (primitive_multiple K r) as (g & G & E). intro H.
  unfold at_. rewrite (E (1%K :: x)). fold (at_ (primitive r) x). apply sign_times; [exact G|].
  unfold holds, strict_split in H. destruct rd, bit; unfold satisfies, weakly in H; simpl in *;
    rewrite ?at_negated in H; try exact H; try (apply nn_opp in H; exact H); apply pos_opp, lt_le in H; exact H.
Qed.

Lemma vanishing_sign rd r (x : list K) : at_ (primitive r) x = 0%K -> sign rd false (at_ r x).
Proof.
  destruct (primitive_multiple K r) as (g & G & E). intro H. unfold at_ in *. rewrite (E (1%K :: x)), H.
  replace (inj g * 0)%K with (0 : K)%K by ring. destruct rd; apply le_refl.
Qed.

Lemma cons_app_assoc {A} (l : list A) a m : l ++ a :: m = (l ++ [a]) ++ m.
Proof. now rewrite <- app_assoc. Qed.

Lemma split_leaves l0 l1 (ls : list leaf) : match l0 ++ l1 with [] => None | l => Some l end = Some ls ->
  ls = l0 ++ l1 /\ ls <> [].
Proof. destruct (l0 ++ l1); intro E; [discriminate|]. injection E as <-. split; [reflexivity|discriminate]. Qed.

Ltac node H r r0 S0 Op :=
  let S := fresh in
  destruct (split_row (settled _) _ _) as [r|] eqn:S in H; [|discriminate];
  unfold split_row in S; destruct ((_ =? _) && _) eqn:S0 in S; [|discriminate];
  apply andb_true_iff in S0 as [_ S0];
  destruct (open_row _ _ _) as [r0|] eqn:Op in S; [|discriminate]; simpl in S; injection S as <-.

(* The rows of a leaf begin with those of the nodes above it. *)
Lemma leaf_splits f inputs t : forall b ls l, leaves_of f inputs b t = Some ls -> In l ls ->
  exists more, splits (cell l) = more ++ splits b.
Proof.
  induction t as [layer neuron t0 IH0 t1 IH1|layer neuron by_ t' IH|by_|p more]; intros b ls l H I; simpl in H.
  - node H r r0 S0 Op.
    destruct (leaves_of _ _ _ t0) as [l0|] eqn:H0; [|discriminate].
    destruct (leaves_of _ _ _ t1) as [l1|] eqn:H1; [|discriminate].
    apply split_leaves in H as [-> _].
    apply in_app_or in I as [I|I]; [destruct (IH0 _ _ _ H0 I) as (m & E)|destruct (IH1 _ _ _ H1 I) as (m & E)];
      simpl in E; unfold settled in E; rewrite splits_settle, cons_app_assoc in E; eauto.
  - node H r r0 S0 Op. destruct (combine_to _ _ _ _); [|discriminate].
    destruct (IH _ _ _ H I) as (m & E). simpl in E. unfold settled in E. rewrite splits_settle in E. eauto.
  - destruct (refutes _ by_); [|discriminate]. injection H as <-. destruct I.
  - destruct (inside f && _); [|discriminate]. injection H as <-. destruct I as [<-|[]]. simpl.
    exists []. unfold settled. now rewrite splits_settle.
Qed.

Lemma leaf_strict f inputs t : forall b ls l, leaves_of f inputs b t = Some ls -> In l ls ->
  Forall (fun e => snd e = Above) (splits b) -> Forall (fun e => snd e = Above) (splits (cell l)).
Proof.
  induction t as [layer neuron t0 IH0 t1 IH1|layer neuron by_ t' IH|by_|p more]; intros b ls l H I F; simpl in H;
    rewrite <- (splits_settle (left b) b) in F; fold (settled b) in F.
  - node H r r0 S0 Op.
    destruct (leaves_of _ _ _ t0) as [l0|] eqn:H0; [|discriminate].
    destruct (leaves_of _ _ _ t1) as [l1|] eqn:H1; [|discriminate].
    apply split_leaves in H as [-> _].
    apply in_app_or in I as [I|I]; [refine (IH0 _ _ _ H0 I _)|refine (IH1 _ _ _ H1 I _)]; now constructor.
  - node H r r0 S0 Op. destruct (combine_to _ _ _ _); [|discriminate]. exact (IH _ _ _ H I F).
  - destruct (refutes _ by_); [|discriminate]. injection H as <-. destruct I.
  - destruct (inside f && _); [|discriminate]. injection H as <-. destruct I as [<-|[]]. exact F.
Qed.

Lemma leaf_point f inputs t : forall b ls l, leaves_of f inputs b t = Some ls -> In l ls ->
  left (cell l) = 0%nat /\ inside f = true /\
  exists x : list K, length x = inputs /\ path_holds x (domain_of f) (cell l).
Proof.
  induction t as [layer neuron t0 IH0 t1 IH1|layer neuron by_ t' IH|by_|p more]; intros b ls l H I; simpl in H.
  - node H r r0 S0 Op.
    destruct (leaves_of _ _ _ t0) as [l0|] eqn:H0; [|discriminate].
    destruct (leaves_of _ _ _ t1) as [l1|] eqn:H1; [|discriminate].
    apply split_leaves in H as [-> _]. apply in_app_or in I as [I|I]; eauto.
  - node H r r0 S0 Op. destruct (combine_to _ _ _ _); [|discriminate]. eauto.
  - destruct (refutes _ by_); [|discriminate]. injection H as <-. destruct I.
  - destruct (inside f && _) eqn:R; [|discriminate]. injection H as <-. destruct I as [<-|[]]. simpl.
    unfold reaches in R. rewrite !andb_true_iff in R. destruct R as [R [[[R0 R1] R2] R3]].
    apply Nat.eqb_eq in R0, R1. apply Z.ltb_lt in R2. split; [exact R0|]. split; [exact R|].
    exists (rational_point K p). split; [unfold rational_point; now rewrite map_length|].
    exact (sees_point_sound K p _ R2 R3).
Qed.

(* The rows of all splits of a tree. *)
Fixpoint split_rows (b : branch) (t : full_tree) : list row :=
  match t with
  | FullSplit layer neuron t0 t1 =>
      match split_row (settled b) layer neuron with
      | None => []
      | Some r => r :: split_rows (full_child (settled b) neuron r false) t0
                    ++ split_rows (full_child (settled b) neuron r true) t1
      end
  | Vanishing layer neuron _ t' => split_rows (vanishing_child (settled b) neuron) t'
  | _ => []
  end.

Lemma path_holds_app (x : list K) rows b :
  path_holds x rows b <-> Forall (satisfies x) rows /\ Forall (satisfies x) (splits b).
Proof.
  unfold CaseTree.path_holds, path. rewrite rev_append_rev, app_nil_r, Forall_app.
  split; intros [H G]; split; auto; [|now apply Forall_rev].
  rewrite <- (rev_involutive (splits b)). now apply Forall_rev.
Qed.

(* Each of them is not zero at some point where the domain rows hold. *)
Lemma split_witness f inputs t : forall b ls r, leaves_of f inputs b t = Some ls -> In r (split_rows b t) ->
  exists q : list K, length q = inputs /\ Forall (satisfies q) (domain_of f) /\ at_ r q <> 0%K.
Proof.
  induction t as [layer neuron t0 IH0 t1 IH1|layer neuron by_ t' IH|by_|p more]; intros b ls r H I; simpl in *.
  - destruct (split_row (settled b) layer neuron) as [s|] eqn:S; [|discriminate].
    destruct (leaves_of _ _ _ t0) as [l0|] eqn:H0; [|discriminate].
    destruct (leaves_of _ _ _ t1) as [l1|] eqn:H1; [|discriminate].
    apply split_leaves in H as [-> N]. destruct I as [<-|I]; [|apply in_app_or in I as [I|I]; eauto].
    assert (X : exists l bit more, In l (l0 ++ l1) /\ splits (cell l) = more ++ strict_split s bit :: splits (settled b) /\
      exists x : list K, length x = inputs /\ path_holds x (domain_of f) (cell l)).
    { destruct l0 as [|l l0]; [destruct l1 as [|l l1]; [now destruct N|]|]; exists l.
      - destruct (leaf_splits _ _ _ _ _ l H1 (or_introl eq_refl)) as (more & E).
        destruct (leaf_point _ _ _ _ _ l H1 (or_introl eq_refl)) as (_ & _ & P).
        exists true, more. repeat split; auto. now left.
      - destruct (leaf_splits _ _ _ _ _ l H0 (or_introl eq_refl)) as (more & E).
        destruct (leaf_point _ _ _ _ _ l H0 (or_introl eq_refl)) as (_ & _ & P).
        exists false, more. repeat split; auto. now left. }
    destruct X as (l & bit & more & _ & E & x & L & P). exists x. split; [exact L|].
    apply path_holds_app in P as [P Q]. split; [exact P|]. rewrite E in Q. apply Forall_app in Q as [_ Q].
    inversion Q as [|? ? A _]; subst. unfold satisfies, strict_split in A. simpl in A.
    destruct bit; intro Z; [|rewrite at_negated in A]; rewrite Z in A.
    + exact (lt_neq K _ _ A eq_refl).
    + apply pos_opp in A. exact (lt_neq K _ _ A eq_refl).
  - destruct (split_row (settled b) layer neuron); [|discriminate].
    destruct (combine_to _ _ _ _); [|discriminate]. eauto.
  - destruct I.
  - destruct I.
Qed.

(* A point y that no split's row misses, and x beside it, go down to a reached leaf. *)
Lemma descends f inputs (x y : list K) t : forall b ls, leaves_of f inputs b t = Some ls ->
  path_holds y (domain_of f) b -> Forall (weakly x) (splits b) ->
  Forall (fun r => follows_sign r x y) (split_rows b t) ->
  exists l, In l ls /\ path_holds y (domain_of f) (cell l) /\ Forall (weakly x) (splits (cell l)).
Proof.
  induction t as [layer neuron t0 IH0 t1 IH1|layer neuron by_ t' IH|by_|p more]; intros b ls H P W F; simpl in *.
  - destruct (split_row (settled b) layer neuron) as [r|] eqn:S; [|discriminate].
    destruct (leaves_of _ _ _ t0) as [l0|] eqn:H0; [|discriminate].
    destruct (leaves_of _ _ _ t1) as [l1|] eqn:H1; [|discriminate].
    apply split_leaves in H as [-> _]. inversion F as [|? ? (N & F1 & F2) G]; subst.
    apply Forall_app in G as [G0 G1]. apply path_holds_app in P as [P Q].
    assert (D : forall bit, satisfies y (strict_split r bit) -> weakly x (strict_split r bit) ->
      path_holds y (domain_of f) (full_child (settled b) neuron r bit) /\
      Forall (weakly x) (splits (full_child (settled b) neuron r bit))).
    { intros bit Y X. rewrite path_holds_app. simpl. unfold settled. rewrite splits_settle. auto. }
    destruct (trichotomy K (at_ r y)) as [Y|[Y|Y]]; [|contradiction|].
    + destruct (D false) as [D0 D1].
      * unfold satisfies. simpl. rewrite at_negated. now apply pos_opp.
      * unfold weakly. simpl. rewrite at_negated. apply nn_opp.
        destruct (le_or_lt K (at_ r x) 0%K) as [X|X]; [exact X|].
        destruct (lt_not_le K _ _ (F1 X) (lt_le K _ _ Y)).
      * destruct (IH0 _ _ H0 D0 D1 G0) as (l & I & R). exists l. split; [apply in_or_app; now left|exact R].
    + destruct (D true) as [D0 D1].
      * exact Y.
      * unfold weakly. simpl. destruct (le_or_lt K 0%K (at_ r x)) as [X|X]; [exact X|].
        destruct (lt_not_le K _ _ (F2 X) (lt_le K _ _ Y)).
      * destruct (IH1 _ _ H1 D0 D1 G1) as (l & I & R). exists l. split; [apply in_or_app; now right|exact R].
  - destruct (split_row (settled b) layer neuron); [|discriminate].
    destruct (combine_to _ _ _ _); [|discriminate]. apply (IH _ _ H).
    + apply path_holds_app in P as [P Q]. apply path_holds_app. simpl. unfold settled. now rewrite splits_settle.
    + simpl. unfold settled. now rewrite splits_settle.
    + exact F.
  - destruct (refutes _ by_) eqn:R; [|discriminate]. destruct (refutes_point K _ _ y R P).
  - destruct (inside f && _); [|discriminate]. injection H as <-. eexists. split; [now left|]. simpl.
    apply path_holds_app in P as [P Q]. split; [apply path_holds_app|]; unfold settled; rewrite splits_settle; auto.
Qed.

(* The network on the way to a leaf, at a point where the rows of its splits hold: strictly, or weakly. *)
Lemma leaf_leads rd f inputs first (x : list K) t : forall b ls l, leaves_of f inputs b t = Some ls -> In l ls ->
  equations_hold (given f) x -> Forall (holds rd x) (splits (cell l)) ->
  leads rd first x b -> leads rd first x (cell l).
Proof.
  induction t as [layer neuron t0 IH0 t1 IH1|layer neuron by_ t' IH|by_|p more]; intros b ls l H I E F L; simpl in H;
    try (apply (settle_leads K rd _ _ (left b) b eq_refl) in L; fold (settled b) in L).
  - node H r r0 S0 Op.
    destruct (leaves_of _ _ _ t0) as [l0|] eqn:H0; [|discriminate].
    destruct (leaves_of _ _ _ t1) as [l1|] eqn:H1; [|discriminate].
    apply split_leaves in H as [-> _].
    assert (C : forall bit, holds rd x (strict_split (primitive r0) bit) ->
      leads rd first x (full_child (settled b) neuron (primitive r0) bit)).
    { intros bit S. destruct L as (ys & T & M & R & L). exists ys. simpl. repeat split; auto. intro Z.
      exact (decided_known K _ _ _ _ _ _ _ _ T Op (strict_split_sign _ _ _ _ S) (M Z)). }
    apply in_app_or in I as [I|I].
    + refine (IH0 _ _ _ H0 I E F (C false _)). destruct (leaf_splits _ _ _ _ _ _ H0 I) as (m & Q).
      rewrite Q in F. apply Forall_app in F as [_ F]. now inversion F.
    + refine (IH1 _ _ _ H1 I E F (C true _)). destruct (leaf_splits _ _ _ _ _ _ H1 I) as (m & Q).
      rewrite Q in F. apply Forall_app in F as [_ F]. now inversion F.
  - node H r r0 S0 Op. destruct (combine_to _ _ _ _) eqn:V; [|discriminate].
    refine (IH _ _ _ H I E F _). destruct L as (ys & T & M & R & L). exists ys. simpl. repeat split; auto. intro Z.
    refine (decided_known K _ _ _ _ _ _ _ _ T Op _ (M Z)).
    exact (vanishing_sign _ _ _ (combine_to_zero _ _ _ _ _ V E)).
  - destruct (refutes _ by_); [|discriminate]. injection H as <-. destruct I.
  - destruct (inside f && _); [|discriminate]. injection H as <-. destruct I as [<-|[]]. exact L.
Qed.

(* Where the domain's rows hold strictly at some point, its closure is covered by closed cells of leaves. *)
Lemma closure_covered f inputs b t ls (x u : list K) : leaves_of f inputs b t = Some ls -> splits b = [] ->
  length u = inputs -> Forall (satisfies u) (domain_of f) ->
  length x = inputs -> Forall (weakly x) (domain_of f) ->
  exists l y, In l ls /\ Forall (weakly x) (splits (cell l)) /\
    length y = inputs /\ path_holds y (domain_of f) (cell l).
Proof.
  intros H B LU U LX X.
  destruct (generic_point K (fun v => length v = inputs /\ Forall (satisfies v) (domain_of f)) inputs
    (split_rows b t) u) as (v & [LV V] & G); [auto|tauto| |].
  { intros r I. destruct (split_witness f inputs t b ls r H I) as (q & L & Q & N). exists q. repeat split; auto.
    intros v [LV V]. apply soon_always. intros s S S1.
    split; [rewrite between_length; congruence|]. apply all_between; auto; [congruence|].
    exact (Forall_impl _ (satisfies_weakly K v) V). }
  assert (E : length x = length v) by congruence.
  destruct (soon_now K (fun s => Forall (fun r => follows_sign r x (between s x v)) (split_rows b t)))
    as (s & S & S1 & F).
  { apply (soon_Forall K (fun r s => follows_sign r x (between s x v))). refine (Forall_impl _ _ G).
    intros r N. now apply soon_follows. }
  destruct (descends f inputs x (between s x v) t b ls H) as (l & I & P & W); auto.
  - apply path_holds_app. rewrite B. split; [now apply all_between|constructor].
  - rewrite B. constructor.
  - exists l, (between s x v). repeat split; auto. now rewrite between_length.
Qed.

End Meaning.
