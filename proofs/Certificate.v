(* A certificate line by line, as the program reads it, and the theorems about what it accepts. *)

From Coq Require Import ZArith List Bool Lia.
From ExactReLU Require Import OrderedField Rows Networks CaseTree.
Import ListNotations.
Open Scope Z_scope.

(* The header of a certificate of the claims configurations and empty. *)
Record header := {
  networks : list network;          (* one; none, or one that says how many inputs there are, for emptiness *)
  domain : list inequality;
  inputs : nat;
  depth : nat;                      (* hidden layers that the tree decides *)
  kind_of_reading : reading;
  claims_empty : bool }.

Inductive line := SplitLine (layer neuron : Z) | ImpossibleLine (by_ : multipliers) | ReachedLine (x : point).

(* Open branches, the next one first, and how many leaves there were of each kind. *)
Record progress := { pending : list branch; impossible : Z; reached : Z }.

Definition is_width (n : nat) {A} (l : list A) : bool := Nat.eqb (length l) n.

Definition is_affine (columns : nat) (A : affine) : bool :=
  (0 <? scale A) && negb (is_width 0 (weights A)) && forallb (is_width (S columns)) (weights A).

Fixpoint are_layers (width : nat) (t : layers) : bool :=
  match t with
  | [] => true
  | (s, A) :: t' => (0 <? common s) && is_width width (pairs s) && is_affine width A
                    && are_layers (length (weights A)) t'
  end.

Definition is_network (n : nat) (net : network) : bool :=
  is_affine n (fst net) && are_layers (length (weights (fst net))) (snd net).

Definition is_header (h : header) : bool :=
  negb (Nat.eqb (inputs h) 0) && forallb (is_network (inputs h)) (networks h)
  && forallb (fun i : inequality => is_width (S (inputs h)) (fst i)) (domain h)
  && match kind_of_reading h with Full => false | _ => true end
  && if claims_empty h then Nat.eqb (depth h) 0
     else match networks h with [net] => Nat.leb (depth h) (length (snd net)) | _ => false end.

Definition domain_rows (h : header) : list constraint := map domain_row (domain h).

Definition begin (h : header) : option progress :=
  if is_header h
  then Some {| pending := [root (networks h) (depth h)]; impossible := 0; reached := 0 |} else None.

(* One line; None if it proves nothing. [rows] are the domain rows, computed once. *)
Definition step (h : header) (rows : list constraint) (p : progress) (l : line) : option progress :=
  match pending p with
  | [] => None
  | b :: others =>
      match l with
      | SplitLine layer neuron =>
          let b := settled b in
          match split_row b layer neuron with
          | None => None
          | Some r => Some {|
              pending := child (kind_of_reading h) b neuron r false
                :: child (kind_of_reading h) b neuron r true :: others;
              impossible := impossible p; reached := reached p |}
          end
      | ImpossibleLine by_ =>
          if refutes (path rows b) by_
          then Some {| pending := others; impossible := impossible p + 1; reached := reached p |} else None
      | ReachedLine x =>
          if negb (claims_empty h) && reaches (inputs h) rows (settled b) x
          then Some {| pending := others; impossible := impossible p; reached := reached p + 1 |} else None
      end
  end.

Definition ends (p : progress) (impossible_ reached_ : Z) : bool :=
  match pending p with [] => (impossible p =? impossible_) && (reached p =? reached_) | _ => false end.

(* What the program does with all lines between the first and the last. *)
Fixpoint run (h : header) (rows : list constraint) (p : progress) (ls : list line) : option progress :=
  match ls with
  | [] => Some p
  | l :: ls' => match step h rows p l with None => None | Some p' => run h rows p' ls' end
  end.

Definition accepts (h : header) (ls : list line) (impossible_ reached_ : Z) : bool :=
  match begin h with
  | None => false
  | Some p => match run h (domain_rows h) p ls with None => false | Some p' => ends p' impossible_ reached_ end
  end.

(* The lines of a tree: a node is followed by its first child's lines, then its second's. *)
Fixpoint preorder (t : tree) : list line :=
  match t with
  | Split layer neuron t0 t1 => SplitLine layer neuron :: preorder t0 ++ preorder t1
  | Impossible by_ => [ImpossibleLine by_]
  | Reached x => [ReachedLine x]
  end.

Lemma run_reads_trees h rows : forall n ls p q b others, (length ls <= n)%nat ->
  run h rows p ls = Some q -> pending p = b :: others -> pending q = [] ->
  exists t found ls' p', ls = preorder t ++ ls' /\
    check_tree (kind_of_reading h) (inputs h) rows b t = Some found /\
    run h rows p' ls' = Some q /\ pending p' = others /\
    reached p' = reached p + Z.of_nat (length found) /\ (claims_empty h = true -> found = []).
Proof.
  induction n as [|n IH]; intros ls p q b others L R P Q.
  { destruct ls; [|simpl in L; lia]. injection R as <-. congruence. }
  destruct ls as [|l ls]; [injection R as <-; congruence|].
  simpl in R, L. unfold step in R. rewrite P in R. destruct l as [layer neuron|by_|x].
  - destruct (split_row (settled b) layer neuron) as [r|] eqn:S; [|discriminate].
    edestruct (IH ls _ q _ _ ltac:(lia) R eq_refl Q) as (t0 & l0 & ls0 & p0 & E0 & C0 & R0 & P0 & N0 & Z0).
    assert (L0 : (length ls0 <= n)%nat) by (rewrite E0, app_length in L; lia).
    destruct (IH ls0 p0 q _ _ L0 R0 P0 Q) as (t1 & l1 & ls1 & p1 & E1 & C1 & R1 & P1 & N1 & Z1).
    exists (Split layer neuron t0 t1), (l0 ++ l1), ls1, p1. simpl. rewrite S, C0, C1.
    repeat split; auto.
    + rewrite E0, E1, <- app_assoc. reflexivity.
    + rewrite N1, N0, app_length, Nat2Z.inj_add. simpl. lia.
    + intro E. now rewrite (Z0 E), (Z1 E).
  - destruct (refutes (path rows b) by_) eqn:S; [|discriminate].
    eexists (Impossible by_), [], ls, _. simpl. rewrite S.
    split; [reflexivity|]. split; [reflexivity|]. split; [exact R|]. split; [reflexivity|].
    split; [simpl; lia|reflexivity].
  - destruct (negb (claims_empty h)) eqn:C; [|discriminate].
    destruct (reaches (inputs h) rows (settled b) x) eqn:S; [|discriminate]. simpl in R.
    eexists (Reached x), _, ls, _. simpl. rewrite S.
    split; [reflexivity|]. split; [reflexivity|]. split; [exact R|]. split; [reflexivity|].
    split; [reflexivity|]. intro E. now rewrite E in C.
Qed.

Lemma is_network_positive n net : is_network n net = true -> positive_network net.
Proof.
  unfold is_network, is_affine. rewrite !andb_true_iff. intros [[[H _] _] L]. apply Z.ltb_lt in H.
  split; [exact H|]. revert L. generalize (length (weights (fst net))). unfold positive_layers.
  induction (snd net) as [|(s, A) t IH]; intros w L; [constructor|]. simpl in L. unfold is_affine in L.
  rewrite !andb_true_iff in L. destruct L as [[[L1 _] [[L2 _] _]] L3].
  apply Z.ltb_lt in L1, L2. constructor; [auto|exact (IH _ L3)].
Qed.

Lemma root_on_branch (K : ordered_field) rd nets depth_ c (x : list K) : Forall positive_network nets ->
  length c = depth_ -> has_configuration rd c (start nets x) -> on_branch K rd c x (root nets depth_).
Proof.
  intros P L H. pose proof (start_tracked K x nets P) as T. exists c, (start nets x). simpl.
  repeat split; auto. destruct c as [|l c]; [exact I|]. destruct depth_; [discriminate|].
  destruct H as [H _]. exact (layer_marks_compatible K rd x _ _ l T H).
Qed.

Lemma root_leads (K : ordered_field) rd nets depth_ (x : list K) : Forall positive_network nets ->
  leads K rd (start nets x) x (root nets depth_).
Proof.
  intros P. pose proof (start_tracked K x nets P) as T. exists (start nets x). simpl. repeat split; auto.
  intro N. destruct depth_; [congruence|]. exact (layer_marks_known K rd x _ _ T).
Qed.

(* THEOREM (a), for the claim configurations in the readings half-open and closed.

   If the program accepts a certificate, its lines are the preorder of a tree, and the configurations on the
   branches to the reached leaves of that tree are, each once, exactly the configurations of the first [depth]
   hidden layers that some point of the domain has. Their number is the one that the program reports. Points
   have coordinates in any ordered field K: in the rationals, or in the reals. *)
Theorem configurations_proved :
  forall h ls a c, accepts h ls a c = true -> claims_empty h = false ->
  exists t found,
    ls = preorder t /\
    check_tree (kind_of_reading h) (inputs h) (domain_rows h) (root (networks h) (depth h)) t = Some found /\
    NoDup found /\ Z.of_nat (length found) = c /\
    forall (K : ordered_field) (s : configuration),
      In s found <->
      length s = depth h /\
      exists x : list K, length x = inputs h /\ in_domain K (domain h) x /\
        has_configuration (kind_of_reading h) s (start (networks h) x).
Proof.
  intros h ls a c H E. unfold accepts, begin in H. destruct (is_header h) eqn:G; [|discriminate].
  destruct (run h _ _ ls) as [q|] eqn:R; [|discriminate]. unfold ends in H.
  destruct (pending q) eqn:Q; [|discriminate]. apply andb_true_iff in H as [_ H]. apply Z.eqb_eq in H.
  edestruct (run_reads_trees h _ (length ls) ls _ q _ _ (le_n _) R eq_refl Q)
    as (t & found & ls' & p' & L & C & R' & P' & N & _).
  assert (ls' = []).
  { destruct ls' as [|l ls']; [reflexivity|]. simpl in R'. unfold step in R'. rewrite P' in R'. discriminate. }
  subst ls'. simpl in R'. injection R' as ->. rewrite app_nil_r in L.
  assert (P : Forall positive_network (networks h)).
  { unfold is_header in G. rewrite !andb_true_iff in G. destruct G as [[[[_ G] _] _] _].
    rewrite forallb_forall in G. apply Forall_forall. intros n I. exact (is_network_positive _ _ (G n I)). }
  exists t, found. destruct (distinct _ _ _ _ _ _ C) as [D X].
  repeat split; auto.
  - rewrite N in H. simpl in H. lia.
  - destruct (X s H0) as (l & C' & L' & _). simpl in C'. subst s. exact L'.
  - destruct (occurs K _ _ _ (start (networks h)) t _ _ _ C H0) as (x & N1 & N2 & N3).
    exists x. split; [exact N1|]. split.
    + apply domain_rows_correct. unfold path_holds, path in N2. apply Forall_app in N2 as [N2 _]. exact N2.
    + apply N3. now apply root_leads.
  - intros [S (x & N1 & N2 & N3)].
    apply (covered K _ _ _ t _ _ s x C); [now apply root_on_branch|].
    unfold path_holds, path. simpl. rewrite app_nil_r. apply domain_rows_correct, N2.
Qed.

(* THEOREM, for the claim empty: if the program accepts, no point satisfies the inequalities. *)
Theorem emptiness_proved :
  forall h ls a c, accepts h ls a c = true -> claims_empty h = true ->
  forall (K : ordered_field) (x : list K), ~ in_domain K (domain h) x.
Proof.
  intros h ls a c H E K x D. unfold accepts, begin in H. destruct (is_header h) eqn:G; [|discriminate].
  destruct (run h _ _ ls) as [q|] eqn:R; [|discriminate]. unfold ends in H.
  destruct (pending q) eqn:Q; [|discriminate].
  edestruct (run_reads_trees h _ (length ls) ls _ q _ _ (le_n _) R eq_refl Q)
    as (t & found & ls' & p' & _ & C & _ & _ & _ & Z). specialize (Z E). subst found.
  unfold is_header in G. rewrite E, !andb_true_iff in G. destruct G as [[[[_ G] _] _] Dp].
  apply Nat.eqb_eq in Dp.
  assert (P : Forall positive_network (networks h)).
  { rewrite forallb_forall in G. apply Forall_forall. intros n I. exact (is_network_positive _ _ (G n I)). }
  refine (covered K _ _ _ t _ _ [] x C _ _).
  - apply root_on_branch; [exact P|now rewrite Dp|exact I].
  - unfold path_holds, path. simpl. rewrite app_nil_r. apply domain_rows_correct, D.
Qed.
