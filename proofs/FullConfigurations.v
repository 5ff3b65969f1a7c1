(* The claim configurations in the reading full: those configurations whose cell is as large as the domain. *)

From Coq Require Import ZArith List Bool Lia Ring Field.
From ExactReLU Require Import OrderedField Rows Networks CaseTree Certificate Coverage.
From ExactReLU Require Import Segments FullTree FullCertificate Pieces.
Import ListNotations.
Open Scope Z_scope.

(* Nothing more is asked of a leaf. *)
Definition judge_any : judgement := fun _ _ _ => Some false.

Definition right_depth (h : full_header) : bool :=
  match full_networks h with [net] => Nat.leb (full_depth h) (length (snd net)) | _ => false end.

Definition configuration_of (l : leaf) : configuration := rev (before (cell l)).

(* Leaves are different: two of them differ in a bit. *)
Lemma full_distinct f inputs t : forall b found, leaves_of f inputs b t = Some found ->
  NoDup (map configuration_of found) /\ forall l, In l found -> extends b (configuration_of l).
Proof.
  induction t as [layer neuron t0 IH0 t1 IH1|layer neuron by_ t' IH|by_|p more]; intros b found H; simpl in H.
  - destruct (split_row (settled b) layer neuron) as [r|] eqn:S; [|discriminate].
    unfold split_row in S. destruct ((layer =? _) && _) eqn:S0; [|discriminate].
    apply andb_true_iff in S0 as [_ S0].
    destruct (open_row _ _ _) as [r0|] eqn:O; [|discriminate]. simpl in S. injection S as <-.
    destruct (leaves_of _ _ _ t0) as [l0|] eqn:H0; [|discriminate].
    destruct (leaves_of _ _ _ t1) as [l1|] eqn:H1; [|discriminate]. apply split_leaves in H as [-> _].
    destruct (IH0 _ _ H0) as [N0 E0]. destruct (IH1 _ _ H1) as [N1 E1]. split.
    + rewrite map_app. apply NoDup_app'; [exact N0|exact N1|]. intros c I J.
      apply in_map_iff in I as (m0 & <- & I). apply in_map_iff in J as (m1 & Q & J).
      destruct (E0 m0 I) as (l & C & L & M). destruct (E1 m1 J) as (l' & C' & L' & M').
      simpl in *. rewrite Q, C in C'. apply app_inv_head in C'. subst l'.
      destruct l as [|l ls]; [rewrite <- L in S0; discriminate|]. exact (decided_apart _ _ _ _ _ O M M').
    + intros m I. apply (settle_extends _ (left b) b eq_refl). fold (settled b).
      apply in_app_or in I as [I|I]; [destruct (E0 m I) as (l & C & L & M)|destruct (E1 m I) as (l & C & L & M)];
        exists l; simpl in *; repeat split; auto; destruct l; simpl in *; auto;
        exact (decided_agrees _ _ _ _ _ _ O M).
  - destruct (split_row (settled b) layer neuron) as [r|] eqn:S; [|discriminate].
    unfold split_row in S. destruct ((layer =? _) && _) eqn:S0; [|discriminate].
    destruct (open_row _ _ _) as [r0|] eqn:O; [|discriminate].
    destruct (combine_to _ _ _ _); [|discriminate]. destruct (IH _ _ H) as [N E]. split; [exact N|].
    intros m I. apply (settle_extends _ (left b) b eq_refl). fold (settled b).
    destruct (E m I) as (l & C & L & M). exists l. simpl in *. repeat split; auto. destruct l; simpl in *; auto.
    exact (decided_agrees _ _ _ _ _ _ O M).
  - destruct (refutes _ by_); [|discriminate]. injection H as <-. split; [constructor|intros l []].
  - destruct (inside f && _) eqn:R; [|discriminate]. injection H as <-.
    split; [repeat constructor; intros []|]. intros l [<-|[]]. unfold configuration_of. simpl.
    apply (settle_extends _ (left b) b eq_refl). fold (settled b). exists [].
    unfold reaches in R. rewrite !andb_true_iff in R. destruct R as [_ [[[R0 _] _] _]]. apply Nat.eqb_eq in R0.
    rewrite app_nil_r. repeat split; simpl; auto.
Qed.

Section Meaning.

Variable K : ordered_field.
Add Field Kfield14 : (laws K).

(* Functions c + a.x, with coefficients in K: those that respect mixtures of points. *)
Definition affine_function (g : list K -> K) : Prop :=
  forall t x y, length x = length y -> g (between t x y) = ((1 - t) * g x + t * g y)%K.

(* The cell of a configuration in the domain. *)
Definition cell_of (h : full_header) (s : configuration) (x : list K) : Prop :=
  full_in_domain h x /\ has_configuration Full s (start (full_networks h) x).

(* It counts if it has a point and as many dimensions as the domain: an affine function that is not zero on all
   of the domain is not zero on all of the cell. *)
Definition counts (h : full_header) (s : configuration) : Prop :=
  (exists x, cell_of h s x) /\
  forall g, affine_function g -> (exists x, full_in_domain h x /\ g x <> 0%K) -> exists x, cell_of h s x /\ g x <> 0%K.

Lemma zero_dec (a : K) : a = 0%K \/ a <> 0%K.
Proof.
  destruct (trichotomy K a) as [N|[N|N]]; [right|now left|right]; intro E; [exact (lt_neq K _ _ N E)|].
  exact (lt_neq K _ _ N (eq_sym E)).
Qed.

(* A leaf's configuration, at a point where its splits' rows are strict. *)
Lemma leaf_configuration h f found l (x : list K) : accepted h f found -> In l found -> full_in_domain h x ->
  Forall (satisfies x) (splits (cell l)) -> cell_of h (configuration_of l) x.
Proof.
  intros A I D S. split; [exact D|]. pose proof A as (P & [SF _] & tree & H).
  assert (G : Forall (satisfies x) (given f)) by (apply SF, domain_rows_correct; exact (proj2 D)).
  pose proof (leaf_leads K Full f _ (start (full_networks h) x) x tree _ _ _ H I
    (weakly_equations K _ _ (Forall_impl _ (satisfies_weakly K x) G)) S (root_leads K _ _ _ x P)) as (ys & _ & _ & _ & L).
  destruct (accepted_leaf K _ _ _ l A I) as (Z & _).
  specialize (L [] (eq_sym Z) Logic.I). now rewrite app_nil_r in L.
Qed.

Lemma leaf_counts h f found l : accepted h f found -> In l found -> counts h (configuration_of l).
Proof.
  intros A I. destruct (accepted_leaf K _ _ _ l A I) as (_ & _ & y & Y & _ & YS & _).
  pose proof (leaf_configuration _ _ _ _ y A I Y YS) as CY. split; [now exists y|].
  intros g G (x & X & N). destruct (zero_dec (g y)) as [Z|Z]; [|now exists y].
  assert (LEN : length y = length x) by (destruct X, Y; congruence).
  assert (S : soon (fun t => Forall (satisfies (between t y x)) (splits (cell l)))).
  { apply (soon_Forall K (fun e t => satisfies (between t y x) e)). pose proof A as (_ & _ & tree & H).
    pose proof (leaf_strict _ _ _ _ _ _ H I (Forall_nil _)) as ST. rewrite Forall_forall in *.
    intros (r, rel) J. specialize (ST _ J). specialize (YS _ J). unfold satisfies in *. simpl in *. subst rel.
    refine (soon_impl K _ _ _ (soon_pos K _ (at_ r x) YS)). intros t _ _ P. simpl. now rewrite at_between. }
  destruct (soon_now K _ S) as (t & T & T1 & F). exists (between t y x). split.
  - apply (leaf_configuration _ _ _ _ _ A I); [|exact F]. apply closure_between; auto. now apply in_domain_closure.
  - rewrite G, Z by exact LEN. intro E.
    destruct (zero_mul K t (g x)) as [W|W]; [rewrite <- E; ring|now apply (pos_neq K t)|contradiction].
Qed.

(* Cells are convex. *)
Definition fits_row (rd : reading) (x : list K) (m : mark) (n : (Z * Z) * row) : Prop :=
  match m with
  | Linear => bent (fst n) = false
  | Open => False
  | Bit b => bent (fst n) = true /\ sign rd b (at_ (snd n) x)
  end.

Lemma fits_rows rd (x : list K) l ss ys : Forall2 (tracks x) ss ys ->
  Forall2 (fits_mark rd) l (flat_map neurons ys) <-> Forall2 (fits_row rd x) l (flat_map row_neurons ss).
Proof.
  intro T. pose proof (neurons_matched K x ss ys T) as Q. clear T. revert l.
  induction Q as [|(p, r) (p', y) ns ms (E & d & D & V) Q IH]; intro l; [split; inversion 1; constructor|].
  simpl in *. subst p'. split; intro H; inversion H as [|m ? l' ? H1 H2]; subst; constructor; try now apply IH.
  - destruct m as [| |b]; simpl in *; auto. destruct H1 as [H1 S]. split; [exact H1|]. rewrite V.
    now apply sign_times.
  - destruct m as [| |b]; simpl in *; auto. destruct H1 as [H1 S]. split; [exact H1|]. rewrite V in S.
    exact (sign_cancel K rd b d y D S).
Qed.

Lemma sign_between rd b t (u v : K) : (0 <= t)%K -> (t <= 1)%K -> sign rd b u -> sign rd b v ->
  sign rd b ((1 - t) * u + t * v)%K.
Proof.
  intros T T1 U V.
  assert (P : (0 < u)%K -> (0 < v)%K -> (0 < (1 - t) * u + t * v)%K).
  { intros A B. destruct (le_or_lt K t 0%K) as [H|H].
    - replace t with (0 : K)%K by now apply le_antisym. now replace ((1 - 0) * u + 0 * v)%K with u by ring.
    - apply mix_pos; auto using lt_le. }
  assert (N : (u <= 0)%K -> (v <= 0)%K -> ((1 - t) * u + t * v <= 0)%K).
  { intros A B. apply nn_opp. apply nn_opp in A, B.
    replace (- ((1 - t) * u + t * v))%K with ((1 - t) * - u + t * - v)%K by ring. now apply mix_nn. }
  destruct rd, b; simpl in *; auto. now apply mix_nn.
Qed.

Lemma configuration_between rd t (x y : list K) : length x = length y -> (0 <= t)%K -> (t <= 1)%K ->
  forall s ss us vs ws, Forall2 (tracks x) ss us -> Forall2 (tracks y) ss vs -> Forall2 (tracks (between t x y)) ss ws ->
  has_configuration rd s us -> has_configuration rd s vs -> has_configuration rd s ws.
Proof.
  intros LEN T T1. induction s as [|l s IH]; intros ss us vs ws U V W HU HV; [exact I|].
  destruct HU as [U1 U2], HV as [V1 V2].
  assert (W1 : Forall2 (fits_mark rd) l (flat_map neurons ws)).
  { apply (fits_rows rd _ l ss ws W). apply (fits_rows rd _ l ss us U) in U1. apply (fits_rows rd _ l ss vs V) in V1.
    clear - U1 V1 LEN T T1. induction U1 as [|m n l ns A F IH]; [constructor|]. inversion V1 as [|? ? ? ? B G]; subst.
    constructor; [|auto]. destruct m as [| |b]; simpl in *; auto. destruct A as [A1 A2], B as [_ B2].
    split; [exact A1|].
    rewrite at_between by exact LEN. now apply sign_between. }
  split; [exact W1|]. apply (IH (advance ss l) (map next us) (map next vs)); auto;
    apply advance_correct; auto; eapply fits_all_closed; eassumption.
Qed.

Lemma cell_between h s t (x y : list K) : Forall positive_network (full_networks h) ->
  (0 <= t)%K -> (t <= 1)%K -> cell_of h s x -> cell_of h s y -> cell_of h s (between t x y).
Proof.
  intros P T T1 [X HX] [Y HY]. assert (LEN : length x = length y) by (destruct X, Y; congruence). split.
  - destruct (le_or_lt K t 0%K) as [H|H].
    + replace t with (0 : K)%K by now apply le_antisym. now rewrite between_0.
    + apply closure_between; auto. now apply in_domain_closure.
  - exact (configuration_between Full t x y LEN T T1 s _ _ _ _ (start_tracked K x _ P) (start_tracked K y _ P)
      (start_tracked K (between t x y) _ P) HX HY).
Qed.

Lemma full_is_half_open s : forall ys : list (state K), has_configuration Full s ys -> has_configuration HalfOpen s ys.
Proof.
  induction s as [|l s IH]; intros ys H; [exact I|]. destruct H as [H1 H2]. split; [|auto].
  induction H1 as [|m n l ns A F G]; constructor; auto; destruct m as [| |[]]; exact A.
Qed.

(* A cell that counts is that of a leaf: a point of it that lies on no split goes down to one. *)
Lemma counts_listed h f found s : accepted h f found -> length s = full_depth h -> counts h s ->
  exists l, In l found /\ s = configuration_of l.
Proof.
  intros A LS [(u & U) C]. pose proof A as (P & [SF IN] & tree & H).
  assert (I : inside f = true).
  { destruct (inside f) eqn:I; [reflexivity|exfalso]. destruct found as [|l found'].
    - apply (no_leaf K _ _ _ u _ H I). apply path_holds_app. split; [|constructor].
      unfold domain_of. rewrite I. apply SF, domain_rows_correct. exact (proj2 (proj1 U)).
    - destruct (accepted_leaf K _ _ _ l A (or_introl eq_refl)) as (_ & J & _). congruence. }
  destruct (IN I K) as (w & LW & W).
  assert (DW : full_in_domain h w) by exact (given_in_domain K _ _ _ w A LW (satisfies_domain_of _ _ _ W)).
  assert (AF : forall r, affine_function (at_ r)) by (intros r t x y L; now apply at_between).
  set (strict_rows := filter (fun e : constraint => match snd e with Null => false | _ => true end) (given f)).
  destruct (generic_point K (cell_of h s) (full_inputs h)
    (split_rows (root (full_networks h) (full_depth h)) tree ++ map fst strict_rows) u) as (v & V & G); auto.
  { intros v [[L _] _]. exact L. }
  { intros r J. assert (X : exists q, cell_of h s q /\ at_ r q <> 0%K).
    { apply (C (at_ r) (AF r)). apply in_app_or in J as [J|J].
      - destruct (split_witness K _ _ tree _ _ r H J) as (q & LQ & Q & N). exists q. split; [|exact N].
        exact (given_in_domain K _ _ _ q A LQ (satisfies_domain_of _ _ _ Q)).
      - exists w. split; [exact DW|]. apply in_map_iff in J as ((r', rel) & E & J). simpl in E. subst r'.
        apply filter_In in J as [J R]. simpl in R. unfold domain_of in W. rewrite I, Forall_map in W.
        rewrite Forall_forall in W. specialize (W _ J). unfold satisfies, strict in W.
        destruct rel; simpl in W; try discriminate; intro Z; exact (lt_neq K _ _ W (eq_sym Z)). }
    destruct X as (q & Q & N). exists q. split; [destruct Q as [[L _] _]; exact L|]. split; [exact N|].
    intros z Z. apply soon_always. intros t T T1. apply cell_between; auto using lt_le. }
  destruct V as [DV HV]. rewrite Forall_app in G. destruct G as [G1 G2].
  assert (GV : Forall (satisfies v) (given f)) by (apply SF, domain_rows_correct; exact (proj2 DV)).
  assert (DOM : Forall (satisfies v) (domain_of f)).
  { unfold domain_of. rewrite I, Forall_map. rewrite Forall_forall in *. intros (r, rel) J. specialize (GV _ J).
    unfold satisfies, strict in *. simpl in *. destruct rel; simpl in *; auto.
    apply le_neq_lt; [exact GV|]. intro Z. apply (G2 r); [|now symmetry].
    apply in_map_iff. exists (r, AtLeast). split; [reflexivity|]. apply filter_In. now split. }
  destruct (descends K f _ v v tree _ _ H) as (l & J & D & _).
  { apply path_holds_app. split; [exact DOM|constructor]. }
  { constructor. }
  { refine (Forall_impl _ _ G1). intros r N. repeat split; auto. }
  exists l. split; [exact J|]. apply path_holds_app in D as [_ D].
  destruct (leaf_configuration _ _ _ l v A J DV D) as [_ HL].
  apply (configuration_unique K s (configuration_of l) (start (full_networks h) v)).
  - destruct (full_distinct _ _ _ _ _ H) as [_ E]. destruct (E l J) as (m & M & LM & _). simpl in M, LM.
    rewrite M, LM. exact LS.
  - now apply full_is_half_open.
  - now apply full_is_half_open.
Qed.

End Meaning.

Arguments cell_of {K}. Arguments affine_function {K}.

(* THEOREM (a), for the claim configurations in the reading full. If the program accepts, the configurations of
   the reached leaves are, each once, exactly those that count: whose cell in the domain is not empty and has
   the dimension of the domain. Their number is the one that the program reports. And every point of the domain
   lies in the closed cell of one of them. *)
Theorem full_configurations_proved :
  forall h ls a t c q, right_depth h = true -> full_accepts judge_any h ls a t c = Some q ->
  exists found : list configuration, NoDup found /\ Z.of_nat (length found) = c /\
    forall K : ordered_field,
      (forall s, In s found <-> length s = full_depth h /\ counts K h s) /\
      forall x : list K, full_in_domain h x ->
        exists s, In s found /\ has_configuration Closed s (start (full_networks h) x).
Proof.
  intros h ls a t c q _ H. destruct (full_accepted _ _ _ _ _ _ _ H) as (P & tree & found & S & L & N & _ & _).
  assert (A : accepted h (now q) found) by (split; [exact P|split; [exact S|now exists tree]]).
  destruct (full_distinct _ _ _ _ _ L) as [D E].
  exists (map configuration_of found). split; [exact D|]. split; [now rewrite map_length|]. intro K. split.
  - intro s. split.
    + intro I. apply in_map_iff in I as (l & <- & I). split; [|exact (leaf_counts K _ _ _ l A I)].
      destruct (E l I) as (m & M & LM & _). simpl in M, LM. now rewrite M, LM.
    + intros [LS C]. destruct (counts_listed K _ _ _ s A LS C) as (l & I & ->). now apply in_map.
  - intros x X. destruct (domain_covered K _ _ _ x A X) as (l & _ & I & [G C] & _).
    exists (configuration_of l). split; [now apply in_map|].
    pose proof (leaf_leads K Closed (now q) _ (start (full_networks h) x) x tree _ _ _ L I
      (weakly_equations K _ _ G) C (root_leads K _ _ _ x P)) as (ys & _ & _ & _ & R).
    destruct (accepted_leaf K _ _ _ l A I) as (Z & _).
    specialize (R [] (eq_sym Z) Logic.I). now rewrite app_nil_r in R.
Qed.
