(* The case tree of a certificate, in the readings half-open and closed, and what a checked tree proves. *)

From Coq Require Import ZArith List Bool Lia Ring Field.
From ExactReLU Require Import OrderedField Rows Networks.
Import ListNotations.
Open Scope Z_scope.

(* A domain inequality: row RELATION 0. *)
Inductive comparison := Less | LessEqual | Equal | GreaterEqual | Greater.
Definition inequality := (row * comparison)%type.

(* The domain row of an inequality: primitive, negated for < and <=. *)
Definition domain_row (i : inequality) : constraint :=
  let r := primitive (fst i) in
  match snd i with
  | Less => (negated r, Above) | LessEqual => (negated r, AtLeast) | Equal => (r, Null)
  | GreaterEqual => (r, AtLeast) | Greater => (r, Above)
  end.

Inductive tree :=
  | Split (layer neuron : Z) (zero_child one_child : tree)
  | Impossible (by_ : multipliers)
  | Reached (at_point : point).

(* A branch: marks of the layers before (last one first) and of the current one, how many layers are to be
   decided from the current one on, the current pre-activations, and the rows of splits, last one first. *)
Record branch := {
  before : list (list mark); marks : list mark; left : nat;
  maps : list map_state; splits : list constraint }.

Definition is_open (m : mark) : bool := match m with Open => true | _ => false end.

Definition layer_marks (s : list map_state) : list mark :=
  map (fun n => if bent (fst n) then Open else Linear) (flat_map row_neurons s).

Definition root (nets : list network) (depth : nat) : branch :=
  let s := map first_maps nets in
  {| before := []; marks := match depth with O => [] | _ => layer_marks s end;
     left := depth; maps := s; splits := [] |}.

(* Leave the layers that are decided. *)
Fixpoint settle (n : nat) (b : branch) : branch :=
  match n with
  | O => b
  | S n' =>
      if existsb is_open (marks b) then b
      else
        let s := advance (maps b) (marks b) in
        settle n' {| before := marks b :: before b;
          marks := match n' with O => [] | _ => layer_marks s end;
          left := n'; maps := s; splits := splits b |}
  end.

Definition settled (b : branch) : branch := settle (left b) b.

(* The row of neuron i, if it is open and has two slopes. *)
Fixpoint open_row (i : Z) (ms : list mark) (ns : list ((Z * Z) * row)) : option row :=
  match ms, ns with
  | m :: ms', (p, r) :: ns' =>
      if i =? 0 then match m with Open => if bent p then Some r else None | _ => None end
      else open_row (i - 1) ms' ns'
  | _, _ => None
  end.

Fixpoint decided (i : Z) (b : bool) (ms : list mark) : list mark :=
  match ms with
  | [] => []
  | m :: ms' => if i =? 0 then Bit b :: ms' else m :: decided (i - 1) b ms'
  end.

Definition split_row (b : branch) (layer neuron : Z) : option row :=
  if (layer =? Z.of_nat (S (length (before b)))) && negb (Nat.eqb (left b) 0)
  then option_map primitive (open_row neuron (marks b) (flat_map row_neurons (maps b))) else None.

Definition split_constraint (rd : reading) (r : row) (bit : bool) : constraint :=
  if bit then (r, match rd with Closed => AtLeast | _ => Above end) else (negated r, AtLeast).

Definition child (rd : reading) (b : branch) (neuron : Z) (r : row) (bit : bool) : branch :=
  {| before := before b; marks := decided neuron bit (marks b); left := left b; maps := maps b;
     splits := split_constraint rd r bit :: splits b |}.

Definition path (domain : list constraint) (b : branch) : list constraint :=
  domain ++ rev_append (splits b) [].

Definition reaches (inputs : nat) (domain : list constraint) (b : branch) (x : point) : bool :=
  Nat.eqb (left b) 0 && Nat.eqb (length (fst x)) inputs && (0 <? snd x) && sees_point x (path domain b).

(* The configurations of the reached leaves, in order; None if the tree proves nothing. *)
Fixpoint check_tree (rd : reading) (inputs : nat) (domain : list constraint) (b : branch) (t : tree)
  : option (list configuration) :=
  match t with
  | Split layer neuron t0 t1 =>
      let b := settled b in
      match split_row b layer neuron with
      | None => None
      | Some r =>
          match check_tree rd inputs domain (child rd b neuron r false) t0,
                check_tree rd inputs domain (child rd b neuron r true) t1 with
          | Some l0, Some l1 => Some (l0 ++ l1)
          | _, _ => None
          end
      end
  | Impossible by_ => if refutes (path domain b) by_ then Some [] else None
  | Reached x =>
      let b := settled b in
      if reaches inputs domain b x then Some [rev (before b)] else None
  end.

Section Meaning.

Variable K : ordered_field.
Add Field Kfield3 : (laws K).

Definition compares (x : list K) (i : inequality) : Prop :=
  let v := at_ (fst i) x in
  match snd i with
  | Less => (v < 0)%K | LessEqual => (v <= 0)%K | Equal => v = 0%K
  | GreaterEqual => (0 <= v)%K | Greater => (0 < v)%K
  end.

(* x belongs to the domain *)
Definition in_domain (d : list inequality) (x : list K) : Prop := Forall (compares x) d.

Lemma at_negated r (x : list K) : at_ (negated r) x = (- at_ r x)%K.
Proof. apply dot_negated. Qed.

Lemma domain_row_correct i (x : list K) : satisfies x (domain_row i) <-> compares x i.
Proof.
  destruct i as [r c]. unfold compares, domain_row, satisfies. simpl.
  assert (P : forall rel, @related K rel (at_ (primitive r) x) <-> related rel (at_ r x))
    by (intro; apply related_primitive).
  destruct c; simpl; rewrite ?at_negated.
  - rewrite pos_opp. rewrite <- pos_opp, <- (pos_opp K (at_ r x)).
    destruct (primitive_multiple K r) as (g & G & E). unfold at_. rewrite (E (1%K :: x)).
    replace (- (inj g * dot (primitive r) (1%K :: x)))%K with (inj g * - dot (primitive r) (1%K :: x))%K by ring.
    symmetry. exact (related_scaled K Above (inj g) _ (inj_pos K g G)).
  - rewrite nn_opp. rewrite <- nn_opp, <- (nn_opp K (at_ r x)).
    destruct (primitive_multiple K r) as (g & G & E). unfold at_. rewrite (E (1%K :: x)).
    replace (- (inj g * dot (primitive r) (1%K :: x)))%K with (inj g * - dot (primitive r) (1%K :: x))%K by ring.
    symmetry. exact (related_scaled K AtLeast (inj g) _ (inj_pos K g G)).
  - exact (P Null).
  - exact (P AtLeast).
  - exact (P Above).
Qed.

Lemma domain_rows_correct d (x : list K) :
  Forall (satisfies x) (map domain_row d) <-> in_domain d x.
Proof.
  unfold in_domain. rewrite Forall_map. split; intro H; refine (Forall_impl _ _ H); intros i;
    apply domain_row_correct.
Qed.

(* A decided mark stays what it is. *)
Definition agrees (m m' : mark) : Prop := m = Open \/ m = m'.
Definition compatible (ms : list mark) (c : configuration) : Prop :=
  match c with [] => True | l :: _ => Forall2 agrees ms l end.

Lemma agree_closed_marks ms l : existsb is_open ms = false -> Forall2 agrees ms l -> ms = l.
Proof.
  intros E H. induction H as [|m m' ms l A H IH]; [reflexivity|]. simpl in E.
  apply orb_false_iff in E as [E1 E2]. destruct A as [->| ->]; [discriminate|]. now rewrite IH.
Qed.

(* The configuration c of x lies on the branch. *)
Definition on_branch (rd : reading) (c : configuration) (x : list K) (b : branch) : Prop :=
  exists rest_ ys, c = rev (before b) ++ rest_ /\ length rest_ = left b /\ has_configuration rd rest_ ys /\
    Forall2 (tracks x) (maps b) ys /\ compatible (marks b) rest_.

Lemma layer_marks_compatible rd x ss ys l : Forall2 (tracks x) ss ys ->
  Forall2 (fits_mark (K := K) rd) l (flat_map neurons ys) -> Forall2 agrees (layer_marks ss) l.
Proof.
  unfold layer_marks. intros T. revert l. induction T as [|s y ss ys (P & R & _ & E) T IH]; intros l F.
  - simpl in *. inversion F. constructor.
  - simpl in F. apply Forall2_app_inv_r in F as (l1 & l2 & F1 & F2 & ->). simpl. rewrite map_app.
    apply Forall2_app; [|now apply IH]. clear IH F2 T. unfold row_neurons, neurons in *. rewrite R.
    destruct (snd y) as [|(sl, A) t]; [inversion F1; constructor|].
    revert l1 F1 E. generalize (rows s) (fst y). induction (pairs sl) as [|p ps IH]; intros rs v l1 F1 E.
    + simpl in *. inversion F1. constructor.
    + destruct rs as [|r rs], v as [|v vs]; try discriminate; simpl in *; [inversion F1; constructor|].
      inversion F1 as [|m ? l1' ? G1 G2]; subst. constructor; [|injection E as _ E; exact (IH _ _ _ G2 E)].
      unfold agrees. destruct m as [| |bit]; simpl in G1; [rewrite G1; now right|contradiction|].
      destruct G1 as [-> _]. now left.
Qed.

Lemma fits_all_closed rd l (ns : list ((Z * Z) * K)) :
  Forall2 (fits_mark rd) l ns -> Forall2 (fits_mark Closed) l ns.
Proof. induction 1; constructor; eauto using fits_closed. Qed.

Lemma settle_on_branch rd c (x : list K) n b : left b = n -> on_branch rd c x b -> on_branch rd c x (settle n b).
Proof.
  revert b. induction n as [|n IH]; intros b L H; [exact H|]. simpl.
  destruct (existsb is_open (marks b)) eqn:E; [exact H|]. apply IH; [reflexivity|].
  destruct H as (rs & ys & C & N & F & T & M). rewrite L in N. destruct rs as [|l rs]; [discriminate|].
  simpl in M. apply (agree_closed_marks _ _ E) in M. subst l. destruct F as [F1 F2].
  exists rs, (map next ys). simpl in *. repeat split.
  - now rewrite C, <- app_assoc.
  - now injection N.
  - exact F2.
  - exact (advance_correct K x _ _ _ T (fits_all_closed _ _ _ F1)).
  - destruct rs as [|l rs]; [exact I|]. simpl in *. destruct n; [discriminate|].
    destruct F2 as [F2 _]. exact (layer_marks_compatible _ _ _ _ _
      (advance_correct K x _ _ _ T (fits_all_closed _ _ _ F1)) F2).
Qed.

Lemma left_settle n b : left b = n -> (left (settle n b) <= n)%nat.
Proof.
  revert b. induction n as [|n IH]; intros b L; simpl; [lia|].
  destruct (existsb is_open (marks b)); [lia|]. specialize (IH {| before := marks b :: before b;
    marks := match n with O => [] | _ => layer_marks (advance (maps b) (marks b)) end;
    left := n; maps := advance (maps b) (marks b); splits := splits b |} eq_refl). lia.
Qed.

Lemma splits_settle n b : splits (settle n b) = splits b.
Proof.
  revert b. induction n as [|n IH]; intros b; simpl; [reflexivity|].
  destruct (existsb is_open (marks b)); [reflexivity|]. now rewrite IH.
Qed.

Lemma neurons_matched x ss ys : Forall2 (tracks x) ss ys ->
  Forall2 (fun n y => fst n = fst y /\ exists d, (0 < d)%Z /\ at_ (snd n) x = (inj d * snd y : K)%K)
    (flat_map row_neurons ss) (flat_map neurons ys).
Proof.
  induction 1 as [|s y ss ys (P & R & _ & E) T IH]; simpl; [constructor|]. apply Forall2_app; [|exact IH].
  unfold row_neurons, neurons. rewrite R. destruct (snd y) as [|(sl, A) t]; [constructor|].
  revert E. generalize (rows s) (fst y). induction (pairs sl) as [|p ps IHp]; intros rs v E; simpl; [constructor|].
  destruct rs as [|r0 rs], v as [|v vs]; try discriminate; [constructor|]. simpl in E. injection E as E1 E2.
  constructor; [|now apply IHp]. simpl. split; [reflexivity|]. exists (denominator s). auto.
Qed.

Lemma sign_times rd bit g (v : K) : (0 < g)%Z -> sign rd bit v -> sign rd bit (inj g * v)%K.
Proof.
  intros G H. pose proof (inj_pos K g G) as P.
  destruct rd, bit; simpl in *; try exact (pos_mul K _ _ P H); try exact (nn_mul K _ _ (lt_le K _ _ P) H);
    apply (nn_opp K); apply (nn_opp K) in H; replace (- (inj g * v))%K with (inj g * - v)%K by ring;
    exact (nn_mul K _ _ (lt_le K _ _ P) H).
Qed.

Lemma sign_cancel rd bit g (v : K) : (0 < g)%Z -> sign rd bit (inj g * v)%K -> sign rd bit v.
Proof.
  intros G H. pose proof (inj_pos K g G) as P.
  destruct rd, bit; simpl in *; try exact (pos_cancel K _ _ P H); try exact (nn_cancel K _ _ P H);
    apply (nn_opp K); apply (nn_opp K) in H; apply (nn_cancel K (inj g)); auto;
    now replace (inj g * - v)%K with (- (inj g * v))%K by ring.
Qed.

(* The open neuron's row, its pre-activation, and its bit in l stand at one place. *)
Lemma open_row_found x i ms ss ys r rd l : Forall2 (tracks x) ss ys ->
  open_row i ms (flat_map row_neurons ss) = Some r ->
  Forall2 (fits_mark rd) l (flat_map neurons ys) -> Forall2 agrees ms l ->
  exists bit, sign (K := K) rd bit (at_ r x) /\ Forall2 agrees (decided i bit ms) l.
Proof.
  intros T. pose proof (neurons_matched x ss ys T) as Q.
  clear T. revert i ms l. induction Q as [|(p, r0) (p', y) ns ys' (E & d & D & V) Q IH]; intros i ms l O F A.
  - destruct ms; discriminate.
  - inversion F as [|m' ? l' ? F1 F2]; subst. inversion A as [|m ? ms' ? A1 A2]; subst. simpl in O.
    simpl. destruct (i =? 0) eqn:Z.
    + destruct m; try discriminate. destruct (bent p) eqn:B; [|discriminate]. injection O as ->.
      simpl in *. subst p'. destruct m' as [| |bit]; simpl in F1; [congruence|contradiction|].
      exists bit. split; [|constructor; [now right|exact A2]]. rewrite V. destruct F1 as [_ F1].
      pose proof (inj_pos K d D) as PD.
      destruct rd, bit; simpl in *;
        try exact (pos_mul K _ _ PD F1); try exact (nn_mul K _ _ (lt_le K _ _ PD) F1);
        apply (nn_opp K); apply (nn_opp K) in F1;
        replace (- (inj d * y))%K with (inj d * - y)%K by ring;
        exact (nn_mul K _ _ (lt_le K _ _ PD) F1).
    + destruct (IH (i - 1) ms' l') as (bit & S & G); [|exact F2|exact A2|].
      * destruct m; exact O.
      * exists bit. split; [exact S|]. constructor; [exact A1|exact G].
Qed.

Lemma sign_primitive rd bit r x : sign (K := K) rd bit (at_ r x) -> sign rd bit (at_ (primitive r) x).
Proof.
  intro H.
  assert (P : forall rel, @related K rel (at_ r x) -> related rel (at_ (primitive r) x))
    by (intros rel; apply related_primitive).
  assert (N : (at_ r x <= 0)%K -> (at_ (primitive r) x <= 0)%K).
  { intro L. destruct (primitive_multiple K r) as (g & G & E). unfold at_ in *. rewrite (E (1%K :: x)) in L.
    apply (nn_opp K). apply (nn_opp K) in L.
    apply (nn_cancel K (inj g)); [now apply inj_pos|].
    now replace (inj g * - dot (primitive r) (1%K :: x))%K with (- (inj g * dot (primitive r) (1%K :: x)))%K by ring. }
  destruct rd, bit; simpl in *; try (exact (P Above H)); try (exact (P AtLeast H)); exact (N H).
Qed.

Lemma split_constraint_holds rd r bit (x : list K) : sign rd bit (at_ r x) ->
  satisfies x (split_constraint rd r bit).
Proof.
  intro H. destruct bit; unfold satisfies, split_constraint; simpl.
  - destruct rd; simpl in *; exact H.
  - rewrite at_negated. apply nn_opp. now destruct rd.
Qed.

Definition path_holds (x : list K) domain b := Forall (satisfies x) (path domain b).

Lemma path_child (x : list K) rd domain b neuron r bit : path_holds x domain b ->
  satisfies x (split_constraint rd r bit) -> path_holds x domain (child rd b neuron r bit).
Proof.
  unfold path_holds, path. rewrite !rev_append_rev, !app_nil_r. simpl. rewrite !Forall_app.
  intros [H G] S. repeat split; auto.
Qed.

Lemma path_of_child (x : list K) rd domain b neuron r bit : path_holds x domain (child rd b neuron r bit) ->
  path_holds x domain b /\ satisfies x (split_constraint rd r bit).
Proof.
  unfold path_holds, path. rewrite !rev_append_rev, !app_nil_r. simpl. rewrite !Forall_app.
  intros [H [G S]]. inversion S; subst. auto.
Qed.

Lemma path_settled (x : list K) domain b : path_holds x domain (settled b) <-> path_holds x domain b.
Proof. unfold path_holds, path, settled. now rewrite splits_settle. Qed.

(* Every point of the domain, with each configuration that it has, is covered. *)
Lemma covered rd inputs domain t : forall b found c (x : list K),
  check_tree rd inputs domain b t = Some found ->
  on_branch rd c x b -> path_holds x domain b -> In c found.
Proof.
  induction t as [layer neuron t0 IH0 t1 IH1|by_|p]; intros b found c x H B P; simpl in H.
  - apply (settle_on_branch _ _ _ (left b) b eq_refl) in B. fold (settled b) in B. apply path_settled in P.
    destruct (split_row (settled b) layer neuron) as [r|] eqn:S; [|discriminate].
    unfold split_row in S. destruct ((layer =? _) && _) eqn:S0; [|discriminate]. apply andb_true_iff in S0 as [_ S0].
    destruct (open_row _ _ _) as [r0|] eqn:O; [|discriminate]. simpl in S. injection S as <-.
    destruct (check_tree _ _ _ _ t0) as [l0|] eqn:H0; [|discriminate].
    destruct (check_tree _ _ _ _ t1) as [l1|] eqn:H1; [|discriminate]. injection H as <-.
    destruct B as (rs & ys & C & N & F & T & M).
    assert (O' := O). destruct rs as [|l rs].
{ simpl in N. rewrite <- N in S0. discriminate. }
    simpl in F, M. destruct F as [F1 F2].
    destruct (open_row_found _ _ _ _ _ _ _ _ T O F1 M) as (bit & S & A).
    assert (Bit : on_branch rd c x (child rd (settled b) neuron (primitive r0) bit)).
    { exists (l :: rs), ys. simpl. auto. }
    assert (Sat := split_constraint_holds rd (primitive r0) bit x (sign_primitive _ _ _ _ S)).
    assert (P' := path_child x rd domain (settled b) neuron (primitive r0) bit P Sat).
    apply in_or_app. destruct bit; [right; exact (IH1 _ _ _ _ H1 Bit P')|left; exact (IH0 _ _ _ _ H0 Bit P')].
  - destruct (refutes _ by_) eqn:R; [|discriminate]. destruct (refutes_point K _ _ x R P).
  - destruct (reaches inputs domain (settled b) p) eqn:R; [|discriminate]. injection H as <-.
    apply (settle_on_branch _ _ _ (left b) b eq_refl) in B. fold (settled b) in B.
    destruct B as (rs & ys & C & N & _). unfold reaches in R. rewrite !andb_true_iff in R.
    destruct R as [[[R _] _] _]. apply Nat.eqb_eq in R. rewrite R in N. destruct rs; [|discriminate].
    rewrite app_nil_r in C. simpl. auto.
Qed.


(* What the leaves say, seen from their points: each configuration that is listed occurs. *)
Definition known (rd : reading) (m : mark) (n : (Z * Z) * K) : Prop := m = Open \/ fits_mark rd m n.

Definition result (s : state K) : list K := finish (fst s) (snd s).

Definition leads (rd : reading) (first : list (state K)) (x : list K) (b : branch) : Prop :=
  exists ys, Forall2 (tracks x) (maps b) ys /\
    (left b <> 0%nat -> Forall2 (known rd) (marks b) (flat_map neurons ys)) /\
    map result ys = map result first /\
    forall c, length c = left b -> has_configuration rd c ys ->
      has_configuration rd (rev (before b) ++ c) first.

Lemma layer_marks_known rd x ss ys : Forall2 (tracks x) ss ys ->
  Forall2 (known rd) (layer_marks ss) (flat_map neurons ys).
Proof.
  unfold layer_marks. induction 1 as [|s y ss ys (P & R & _ & E) T IH]; simpl; [constructor|].
  rewrite map_app. apply Forall2_app; [|exact IH]. unfold row_neurons, neurons. rewrite R.
  destruct (snd y) as [|(sl, A) t]; [constructor|].
  revert E. generalize (rows s) (fst y). induction (pairs sl) as [|p ps IHp]; intros rs v E; simpl; [constructor|].
  destruct rs as [|r rs], v as [|v vs]; try discriminate; [constructor|]. injection E as _ E.
  simpl. constructor; [|now apply IHp]. unfold known. simpl. destruct (bent p) eqn:B; [now left|now right].
Qed.

Lemma known_fits rd ms ns : existsb is_open ms = false -> Forall2 (known rd) ms ns -> Forall2 (fits_mark rd) ms ns.
Proof.
  intros E H. induction H as [|m n ms ns A H IH]; [constructor|]. simpl in E.
  apply orb_false_iff in E as [E1 E2]. constructor; [|now apply IH].
  destruct A as [->|A]; [discriminate|exact A].
Qed.

Lemma settle_leads rd first x n b : left b = n -> leads rd first x b -> leads rd first x (settle n b).
Proof.
  revert b. induction n as [|n IH]; intros b L H; [exact H|]. simpl.
  destruct (existsb is_open (marks b)) eqn:E; [exact H|]. apply IH; [reflexivity|].
  destruct H as (ys & T & M & O & H). assert (N : left b <> 0%nat) by lia.
  specialize (M N). apply (known_fits _ _ _ E) in M.
  pose proof (advance_correct K x _ _ _ T (fits_all_closed _ _ _ M)) as T'.
  exists (map next ys). simpl. repeat split; [exact T'| | |].
  - intro N'. destruct n; [congruence|]. exact (layer_marks_known rd _ _ _ T').
  - rewrite <- O, map_map. apply map_ext. exact (finish_next K).
  - intros c C F. rewrite <- app_assoc. apply H; [simpl; lia|]. simpl. auto.
Qed.

Lemma decided_known x i ms ss ys r rd bit : Forall2 (tracks x) ss ys ->
  open_row i ms (flat_map row_neurons ss) = Some r ->
  sign (K := K) rd bit (at_ r x) ->
  Forall2 (known rd) ms (flat_map neurons ys) -> Forall2 (known rd) (decided i bit ms) (flat_map neurons ys).
Proof.
  intros T O S. pose proof (neurons_matched x ss ys T) as Q. revert i ms O.
  induction Q as [|(p, r0) (p', y) ns ys' (E & d & D & V) Q IH]; intros i ms O F; [inversion F; constructor|].
  inversion F as [|m ? ms' ? F1 F2]; subst. simpl in O. simpl. destruct (i =? 0).
  - destruct m; try discriminate. destruct (bent p) eqn:B; [|discriminate]. injection O as ->.
    constructor; [|exact F2]. right. simpl in *. subst p'. split; [exact B|].
    rewrite V in S. exact (sign_cancel rd bit d y D S).
  - constructor; [exact F1|]. apply IH; [|exact F2]. destruct m; exact O.
Qed.

Lemma constraint_sign rd r bit (x : list K) : satisfies x (split_constraint rd (primitive r) bit) ->
  sign rd bit (at_ r x).
Proof.
  unfold satisfies, split_constraint. destruct (primitive_multiple K r) as (g & G & E).
  intro H. unfold at_. rewrite (E (1%K :: x)). fold (at_ (primitive r) x). apply sign_times; [exact G|].
  destruct bit; simpl in H; [destruct rd; exact H|]. rewrite at_negated in H. apply nn_opp in H.
  destruct rd; exact H.
Qed.

Lemma occurs rd inputs domain (first : list K -> list (state K)) t : forall b found c,
  check_tree rd inputs domain b t = Some found -> In c found ->
  exists x : list K, length x = inputs /\ path_holds x domain b /\
    (leads rd (first x) x b -> has_configuration rd c (first x)).
Proof.
  induction t as [layer neuron t0 IH0 t1 IH1|by_|p]; intros b found c H I; simpl in H.
  - destruct (split_row (settled b) layer neuron) as [r|] eqn:S; [|discriminate].
    unfold split_row in S. destruct ((layer =? _) && _) eqn:S0; [|discriminate].
    destruct (open_row _ _ _) as [r0|] eqn:O; [|discriminate]. simpl in S. injection S as <-.
    destruct (check_tree _ _ _ _ t0) as [l0|] eqn:H0; [|discriminate].
    destruct (check_tree _ _ _ _ t1) as [l1|] eqn:H1; [|discriminate]. injection H as <-.
    assert (X : exists bit (x : list K), length x = inputs /\
      path_holds x domain (child rd (settled b) neuron (primitive r0) bit) /\
      (leads rd (first x) x (child rd (settled b) neuron (primitive r0) bit) -> has_configuration rd c (first x))).
    { apply in_app_or in I as [I|I]; [exists false; exact (IH0 _ _ _ H0 I)|exists true; exact (IH1 _ _ _ H1 I)]. }
    destruct X as (bit & x & N & P & G). exists x. split; [exact N|].
    apply path_of_child in P as [P S]. split; [now apply path_settled|]. intro L. apply G.
    apply (settle_leads _ _ _ (left b) b eq_refl) in L. fold (settled b) in L.
    destruct L as (ys & T & M & O' & L). exists ys. simpl. repeat split; [exact T| |exact O'|exact L].
    intro Z. exact (decided_known _ _ _ _ _ _ _ _ T O (constraint_sign _ _ _ _ S) (M Z)).
  - destruct (refutes _ by_); [|discriminate]. injection H as <-. destruct I.
  - destruct (reaches inputs domain (settled b) p) eqn:R; [|discriminate]. injection H as <-.
    destruct I as [<-|[]]. unfold reaches in R. rewrite !andb_true_iff in R. destruct R as [[[R0 R1] R2] R3].
    apply Nat.eqb_eq in R0, R1. apply Z.ltb_lt in R2. exists (rational_point K p).
    split; [unfold rational_point; now rewrite map_length|].
    apply (sees_point_sound K p _ R2) in R3. split; [now apply path_settled|]. intro L.
    apply (settle_leads _ _ _ (left b) b eq_refl) in L. fold (settled b) in L. destruct L as (ys & T & _ & _ & L).
    specialize (L [] (eq_sym R0) I). now rewrite app_nil_r in L.
Qed.

End Meaning.

Lemma NoDup_app' {A} (l m : list A) :
  NoDup l -> NoDup m -> (forall c, In c l -> In c m -> False) -> NoDup (l ++ m).
Proof.
  intros L M D. induction L as [|a l N L IH]; simpl; [exact M|]. constructor.
  - intro I. apply in_app_or in I as [I|I]; [exact (N I)|exact (D a (or_introl eq_refl) I)].
  - apply IH. intros c I J. exact (D c (or_intror I) J).
Qed.

(* Leaves are different: two of them differ in a bit. *)
Definition extends (b : branch) (c : configuration) : Prop :=
  exists l, c = rev (before b) ++ l /\ length l = left b /\ compatible (marks b) l.

Lemma agrees_refl ms : Forall2 agrees ms ms.
Proof. induction ms; constructor; [now right|assumption]. Qed.

Lemma settle_extends c n b : left b = n -> extends (settle n b) c -> extends b c.
Proof.
  revert b. induction n as [|n IH]; intros b L H; [exact H|]. simpl in H.
  destruct (existsb is_open (marks b)); [exact H|]. apply IH in H; [|reflexivity].
  destruct H as (l & C & N & M). simpl in *. exists (marks b :: l). rewrite <- app_assoc in C.
  repeat split; [exact C|simpl; lia|apply agrees_refl].
Qed.

Lemma decided_agrees i bit ms ns r l : open_row i ms ns = Some r ->
  Forall2 agrees (decided i bit ms) l -> Forall2 agrees ms l.
Proof.
  revert i ns l. induction ms as [|m ms IH]; intros i ns l O H; [exact H|]. simpl in *.
  destruct ns as [|(p, r0) ns]; [destruct m; discriminate|]. destruct (i =? 0).
  - destruct m; try discriminate. inversion H; subst. constructor; [now left|assumption].
  - inversion H; subst. constructor; [assumption|]. apply (IH (i - 1) ns); [destruct m; exact O|assumption].
Qed.

Lemma decided_apart i ms ns r l : open_row i ms ns = Some r ->
  Forall2 agrees (decided i false ms) l -> Forall2 agrees (decided i true ms) l -> False.
Proof.
  revert i ns l. induction ms as [|m ms IH]; intros i ns l O H G; [discriminate|]. simpl in *.
  destruct ns as [|(p, r0) ns]; [destruct m; discriminate|]. destruct (i =? 0).
  - inversion H as [|? ? ? ? A _]; subst. inversion G as [|? ? ? ? B _]; subst.
    destruct A as [A|A], B as [B|B]; congruence.
  - inversion H; subst. inversion G; subst. apply (IH (i - 1) ns l'); [destruct m; exact O|assumption|assumption].
Qed.

Lemma distinct rd inputs domain t : forall b found,
  check_tree rd inputs domain b t = Some found -> NoDup found /\ forall c, In c found -> extends b c.
Proof.
  induction t as [layer neuron t0 IH0 t1 IH1|by_|p]; intros b found H; simpl in H.
  - destruct (split_row (settled b) layer neuron) as [r|] eqn:S; [|discriminate].
    unfold split_row in S. destruct ((layer =? _) && _) eqn:S0; [|discriminate].
    apply andb_true_iff in S0 as [_ S0].
    destruct (open_row _ _ _) as [r0|] eqn:O; [|discriminate]. simpl in S. injection S as <-.
    destruct (check_tree _ _ _ _ t0) as [l0|] eqn:H0; [|discriminate].
    destruct (check_tree _ _ _ _ t1) as [l1|] eqn:H1; [|discriminate]. injection H as <-.
    destruct (IH0 _ _ H0) as [N0 E0]. destruct (IH1 _ _ H1) as [N1 E1]. split.
    + apply NoDup_app'; [exact N0|exact N1|]. intros c I J.
      destruct (E0 c I) as (l & C & L & M). destruct (E1 c J) as (l' & C' & L' & M').
      simpl in *. rewrite C in C'. apply app_inv_head in C'. subst l'.
      destruct l as [|l ls]; [rewrite <- L in S0; discriminate|]. exact (decided_apart _ _ _ _ _ O M M').
    + intros c I. apply (settle_extends c (left b) b eq_refl). fold (settled b).
      apply in_app_or in I as [I|I]; [destruct (E0 c I) as (l & C & L & M)|destruct (E1 c I) as (l & C & L & M)];
        exists l; simpl in *; repeat split; auto; destruct l; simpl in *; auto;
        exact (decided_agrees _ _ _ _ _ _ O M).
  - destruct (refutes _ by_); [|discriminate]. injection H as <-. split; [constructor|intros c []].
  - destruct (reaches inputs domain (settled b) p) eqn:R; [|discriminate]. injection H as <-.
    split; [repeat constructor; intros []|]. intros c [<-|[]].
    apply (settle_extends _ (left b) b eq_refl). fold (settled b). exists [].
    unfold reaches in R. rewrite !andb_true_iff in R. destruct R as [[[R0 _] _] _]. apply Nat.eqb_eq in R0.
    rewrite app_nil_r. repeat split; simpl; auto.
Qed.
