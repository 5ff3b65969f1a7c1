(* A certificate in the reading full line by line: the preamble, then the tree in preorder.

   What a reached leaf must show for the claim is a function [judge]: None refuses the leaf, Some true says that
   the claim's constant is attained on it. *)

From Coq Require Import ZArith List Bool Lia Ring Field.
From ExactReLU Require Import OrderedField Rows Networks CaseTree Certificate Segments FullTree.
Import ListNotations.
Open Scope Z_scope.

Record full_header := {
  full_networks : list network;
  full_domain : list inequality;
  full_inputs : nat;
  full_depth : nat }.

Inductive preamble_line := EquationLine (r : Z) (by_ : multipliers) | InteriorLine (x : point).

Inductive node_line :=
  | FullSplitLine (layer neuron : Z)
  | VanishingLine (layer neuron : Z) (by_ : exact_multipliers)
  | ExcludedLine (thin : bool) (by_ : multipliers)
  | FullReachedLine (x : point) (more : option (list exact_multipliers)).

Inductive full_line := Preamble (l : preamble_line) | Node (l : node_line).

(* What is still to come: branches, and behind the two of a split a reminder of how many leaves were reached
   before it, since one must be reached below it. *)
Inductive task := Visit (b : branch) | Witness (before_ : Z).

Record walk := { todo : list task; excluded_leaves : Z; reached_leaves : Z; seen : bool }.

Record full_progress := { now : frame; fresh : bool; walked : walk }.

Definition judgement := list constraint -> branch -> option (list exact_multipliers) -> option bool.

(* Row number i, of relation >=, and the rows with it as an equation. *)
Fixpoint as_equation (i : Z) (rows : list constraint) : option (row * list constraint) :=
  match rows with
  | [] => None
  | (r, rel) :: rest =>
      if i =? 0 then match rel with AtLeast => Some (r, (r, Null) :: rest) | _ => None end
      else match as_equation (i - 1) rest with Some (s, rest') => Some (s, (r, rel) :: rest') | None => None end
  end.

Definition preamble_step (inputs : nat) (f : frame) (l : preamble_line) : option frame :=
  if inside f then None else
  match l with
  | EquationLine i by_ =>
      match as_equation i (given f) with
      | Some (r, rows) =>
          if refutes (given f ++ [(r, Above)]) by_ then Some {| given := rows; inside := false |} else None
      | None => None
      end
  | InteriorLine x =>
      if Nat.eqb (length (fst x)) inputs && (0 <? snd x) && sees_point x (map strict (given f))
      then Some {| given := given f; inside := true |} else None
  end.

Fixpoint pop (reached_ : Z) (tasks : list task) : option (list task) :=
  match tasks with
  | Witness n :: tasks' => if n <? reached_ then pop reached_ tasks' else None
  | _ => Some tasks
  end.

Definition leave (tasks : list task) (excluded_ reached_ : Z) (seen_ : bool) : option walk :=
  match pop reached_ tasks with
  | Some tasks' => Some {| todo := tasks'; excluded_leaves := excluded_; reached_leaves := reached_; seen := seen_ |}
  | None => None
  end.

Definition node_step (judge : judgement) (inputs : nat) (f : frame) (w : walk) (l : node_line) : option walk :=
  match todo w with
  | Visit b :: others =>
      match l with
      | FullSplitLine layer neuron =>
          let b := settled b in
          match split_row b layer neuron with
          | None => None
          | Some r => Some {|
              todo := Visit (full_child b neuron r false) :: Visit (full_child b neuron r true)
                        :: Witness (reached_leaves w) :: others;
              excluded_leaves := excluded_leaves w; reached_leaves := reached_leaves w; seen := seen w |}
          end
      | VanishingLine layer neuron by_ =>
          let b := settled b in
          match split_row b layer neuron with
          | None => None
          | Some r =>
              if combine_to (given f) by_ r 1 then Some {|
                todo := Visit (vanishing_child b neuron) :: others;
                excluded_leaves := excluded_leaves w; reached_leaves := reached_leaves w; seen := seen w |}
              else None
          end
      | ExcludedLine thin by_ =>
          if Bool.eqb thin (inside f) && refutes (path (domain_of f) b) by_
          then leave others (excluded_leaves w + 1) (reached_leaves w) (seen w) else None
      | FullReachedLine x more =>
          let b := settled b in
          if inside f && reaches inputs (domain_of f) b x then
            match judge (given f) b more with
            | Some attained => leave others (excluded_leaves w) (reached_leaves w + 1) (seen w || attained)
            | None => None
            end
          else None
      end
  | _ => None
  end.

Definition full_step (judge : judgement) (inputs : nat) (p : full_progress) (l : full_line) : option full_progress :=
  match l with
  | Preamble l' =>
      if fresh p then
        match preamble_step inputs (now p) l' with
        | Some f => Some {| now := f; fresh := true; walked := walked p |}
        | None => None
        end
      else None
  | Node l' =>
      match node_step judge inputs (now p) (walked p) l' with
      | Some w => Some {| now := now p; fresh := false; walked := w |}
      | None => None
      end
  end.

Definition is_full_header (h : full_header) : bool :=
  negb (Nat.eqb (full_inputs h) 0) && forallb (is_network (full_inputs h)) (full_networks h)
  && forallb (fun i : inequality => is_width (S (full_inputs h)) (fst i)) (full_domain h).

Definition full_begin (h : full_header) : option full_progress :=
  if is_full_header h then Some {|
    now := {| given := map domain_row (full_domain h); inside := false |}; fresh := true;
    walked := {| todo := [Visit (root (full_networks h) (full_depth h))];
                 excluded_leaves := 0; reached_leaves := 0; seen := false |} |}
  else None.

Fixpoint full_run (judge : judgement) (inputs : nat) (p : full_progress) (ls : list full_line)
  : option full_progress :=
  match ls with
  | [] => Some p
  | l :: ls' => match full_step judge inputs p l with Some p' => full_run judge inputs p' ls' | None => None end
  end.

(* The tree is complete and its numbers of leaves are those; which of impossible and thin is said by the frame. *)
Definition full_ends (p : full_progress) (impossible_ thin_ reached_ : Z) : bool :=
  match todo (walked p) with
  | [] => let n := excluded_leaves (walked p) in
          (if inside (now p) then (impossible_ =? 0) && (thin_ =? n) else (impossible_ =? n) && (thin_ =? 0))
          && (reached_ =? reached_leaves (walked p))
  | _ => false
  end.

(* The program's answer about all lines between the first and the last one. *)
Definition full_accepts (judge : judgement) (h : full_header) (ls : list full_line) (a t c : Z) : option full_progress :=
  match full_begin h with
  | None => None
  | Some p => match full_run judge (full_inputs h) p ls with
              | Some q => if full_ends q a t c then Some q else None
              | None => None
              end
  end.

(* Lines of a tree. *)
Fixpoint full_preorder (t : full_tree) : list node_line :=
  match t with
  | FullSplit layer neuron t0 t1 => FullSplitLine layer neuron :: full_preorder t0 ++ full_preorder t1
  | Vanishing layer neuron by_ t' => VanishingLine layer neuron by_ :: full_preorder t'
  | Excluded by_ => [ExcludedLine true by_]
  | FullReached x more => [FullReachedLine x more]
  end.

Fixpoint node_run (judge : judgement) (inputs : nat) (f : frame) (w : walk) (ls : list node_line) : option walk :=
  match ls with
  | [] => Some w
  | l :: ls' => match node_step judge inputs f w l with Some w' => node_run judge inputs f w' ls' | None => None end
  end.

Definition judged (judge : judgement) (f : frame) (l : leaf) : option bool := judge (given f) (cell l) (extra l).

Lemma leave_spec tasks a c s w : leave tasks a c s = Some w ->
  pop c tasks = Some (todo w) /\ reached_leaves w = c /\ seen w = s.
Proof. unfold leave. destruct (pop c tasks); intro E; [|discriminate]. injection E as <-. auto. Qed.

Lemma node_run_reads judge inputs f : forall n ls w q b others, (length ls <= n)%nat ->
  node_run judge inputs f w ls = Some q -> todo w = Visit b :: others -> todo q = [] ->
  exists t found ls' w', (length ls' < length ls)%nat /\
    leaves_of f inputs b t = Some found /\ node_run judge inputs f w' ls' = Some q /\
    pop (reached_leaves w') others = Some (todo w') /\
    reached_leaves w' = reached_leaves w + Z.of_nat (length found) /\
    Forall (fun l => judged judge f l <> None) found /\
    (seen w' = true -> seen w = true \/ Exists (fun l => judged judge f l = Some true) found).
Proof.
  induction n as [|n IH]; intros ls w q b others L R P Q.
  { destruct ls; [|simpl in L; lia]. injection R as <-. congruence. }
  destruct ls as [|l ls]; [injection R as <-; congruence|].
  simpl in R, L. unfold node_step in R. rewrite P in R. destruct l as [layer neuron|layer neuron by_|thin by_|x more].
  - destruct (split_row (settled b) layer neuron) as [r|] eqn:S; [|discriminate].
    edestruct (IH ls _ q _ _ ltac:(lia) R eq_refl Q) as (t0 & l0 & ls0 & w0 & E0 & C0 & R0 & P0 & N0 & F0 & S0).
    simpl in P0. injection P0 as P0.
    edestruct (IH ls0 w0 q _ _ ltac:(lia) R0 (eq_sym P0) Q) as (t1 & l1 & ls1 & w1 & E1 & C1 & R1 & P1 & N1 & F1 & S1).
    simpl in P1, N0, S0. destruct (_ <? _) eqn:W in P1; [|discriminate]. apply Z.ltb_lt in W.
    exists (FullSplit layer neuron t0 t1), (l0 ++ l1), ls1, w1. simpl. rewrite S, C0, C1.
    repeat split; auto.
    + lia.
    + destruct l0, l1; simpl in *; try reflexivity. lia.
    + rewrite N1, N0, app_length. lia.
    + apply Forall_app. auto.
    + intro T. rewrite Exists_app. destruct (S1 T) as [T'|T']; [destruct (S0 T')|]; auto.
  - destruct (split_row (settled b) layer neuron) as [r|] eqn:S; [|discriminate].
    destruct (combine_to (given f) by_ r 1) eqn:V; [|discriminate].
    edestruct (IH ls _ q _ _ ltac:(lia) R eq_refl Q) as (t & found & ls' & w' & E & C & R' & P' & N & F & S').
    exists (Vanishing layer neuron by_ t), found, ls', w'. simpl. rewrite S, V. repeat split; auto.
  - destruct (Bool.eqb thin (inside f)); [|discriminate].
    destruct (refutes (path (domain_of f) b) by_) eqn:S; [|discriminate]. simpl in R.
    destruct (leave _ _ _ _) as [w'|] eqn:V in R; [|discriminate]. apply leave_spec in V as (V1 & V2 & V3).
    exists (Excluded by_), [], ls, w'. simpl. rewrite S, V2, V3. repeat split; auto; lia.
  - destruct (inside f && reaches inputs (domain_of f) (settled b) x) eqn:S; [|discriminate].
    destruct (judge (given f) (settled b) more) as [attained|] eqn:J; [|discriminate].
    destruct (leave _ _ _ _) as [w'|] eqn:V in R; [|discriminate]. apply leave_spec in V as (V1 & V2 & V3).
    exists (FullReached x more), [{| cell := settled b; extra := more |}], ls, w'. simpl. rewrite S, V2, V3.
    repeat split; auto.
    + constructor; [|constructor]. unfold judged. simpl. congruence.
    + intro T. apply orb_true_iff in T as [T|T]; [now left|right]. constructor. unfold judged. simpl. congruence.
Qed.

(* What the preamble proves: the rows with its equations say the same as the domain's, and after the line
   interior there is a point where they hold strictly. *)
Definition sound_frame (inputs : nat) (rows : list constraint) (f : frame) : Prop :=
  (forall (K : ordered_field) (x : list K), Forall (satisfies x) (given f) <-> Forall (satisfies x) rows) /\
  (inside f = true -> forall K : ordered_field,
     exists u : list K, length u = inputs /\ Forall (satisfies u) (domain_of f)).

Lemma as_equation_spec (K : ordered_field) (x : list K) : forall i rows r rows',
  as_equation i rows = Some (r, rows') ->
  In (r, AtLeast) rows /\ (Forall (satisfies x) rows' <-> Forall (satisfies x) rows /\ at_ r x = 0%K).
Proof.
  intros i rows. revert i. induction rows as [|(s, rel) rows IH]; intros i r rows' H; [discriminate|]. simpl in H.
  destruct (i =? 0).
  - destruct rel; try discriminate. injection H as <- <-. split; [now left|].
    split; intro G.
    + inversion G as [|? ? A B]; subst. unfold satisfies in A. simpl in A. split; [|exact A].
      constructor; [unfold satisfies; simpl; rewrite A; apply le_refl|exact B].
    + destruct G as [G E]. inversion G; subst. constructor; auto.
  - destruct (as_equation (i - 1) rows) as [(s', rest')|] eqn:E; [|discriminate]. injection H as <- <-.
    destruct (IH _ _ _ E) as [I [F G]]. split; [now right|]. split; intro A.
    + inversion A as [|? ? A1 A2]; subst. destruct (F A2). auto.
    + destruct A as [A Z]. inversion A as [|? ? A1 A2]; subst. constructor; auto.
Qed.

Lemma preamble_sound inputs rows f l f' : sound_frame inputs rows f ->
  preamble_step inputs f l = Some f' -> sound_frame inputs rows f'.
Proof.
  intros [S _] H. unfold preamble_step in H. destruct (inside f) eqn:IN; [discriminate|]. destruct l as [i by_|x].
  - destruct (as_equation i (given f)) as [(r, rows')|] eqn:E; [|discriminate].
    destruct (refutes _ by_) eqn:R; [|discriminate]. injection H as <-. split; [|discriminate]. simpl.
    intros K x. destruct (as_equation_spec K x _ _ _ _ E) as [I G]. rewrite G, <- S. split; [tauto|].
    intro A. split; [exact A|]. destruct (trichotomy K (at_ r x)) as [N|[Z|P]]; [|exact Z|].
    + rewrite Forall_forall in A. destruct (lt_not_le K _ _ N (A _ I)).
    + destruct (refutes_point K _ _ x R). apply Forall_app. split; [exact A|]. constructor; [exact P|constructor].
  - destruct (_ && _) eqn:C in H; [|discriminate]. injection H as <-. split; [exact S|]. intros _ K.
    rewrite !andb_true_iff in C. destruct C as [[C1 C2] C3]. apply Nat.eqb_eq in C1. apply Z.ltb_lt in C2.
    exists (rational_point K x). split; [unfold rational_point; now rewrite map_length|].
    unfold domain_of. simpl. exact (sees_point_sound K x _ C2 C3).
Qed.

Lemma full_run_splits judge inputs : forall ls p q, full_run judge inputs p ls = Some q ->
  exists f nodes, node_run judge inputs f (walked p) nodes = Some (walked q) /\ f = now q /\
    (fresh p = false -> f = now p) /\
    (forall rows, sound_frame inputs rows (now p) -> sound_frame inputs rows f).
Proof.
  induction ls as [|l ls IH]; intros p q H; simpl in H.
  - injection H as <-. exists (now p), []. auto.
  - destruct l as [l|l]; simpl in H.
    + destruct (fresh p) eqn:F; [|discriminate].
      destruct (preamble_step inputs (now p) l) as [f'|] eqn:E; [|discriminate].
      destruct (IH _ _ H) as (f & nodes & R & EQ & A & B). simpl in *. exists f, nodes.
      split; [exact R|]. split; [exact EQ|]. split; [discriminate|]. intros rows S. apply B.
      exact (preamble_sound _ _ _ _ _ S E).
    + destruct (node_step judge inputs (now p) (walked p) l) as [w|] eqn:E; [|discriminate].
      destruct (IH _ _ H) as (f & nodes & R & EQ & A & B). simpl in *. specialize (A eq_refl). rewrite A in *.
      exists (now p), (l :: nodes). simpl. rewrite E. auto.
Qed.

(* What an accepted certificate is: a frame and a tree whose leaves were all judged. *)
Lemma full_accepted judge h ls a t c q : full_accepts judge h ls a t c = Some q ->
  Forall positive_network (full_networks h) /\
  exists tree found,
    sound_frame (full_inputs h) (map domain_row (full_domain h)) (now q) /\
    leaves_of (now q) (full_inputs h) (root (full_networks h) (full_depth h)) tree = Some found /\
    Z.of_nat (length found) = c /\
    Forall (fun l => judged judge (now q) l <> None) found /\
    (seen (walked q) = true -> Exists (fun l => judged judge (now q) l = Some true) found).
Proof.
  unfold full_accepts, full_begin. intro H. destruct (is_full_header h) eqn:G; [|discriminate].
  destruct (full_run _ _ _ ls) as [p|] eqn:R; [|discriminate]. destruct (full_ends p a t c) eqn:E; [|discriminate].
  injection H as ->. split.
  - unfold is_full_header in G. rewrite !andb_true_iff in G. destruct G as [[_ G] _].
    rewrite forallb_forall in G. apply Forall_forall. intros n I. exact (is_network_positive _ _ (G n I)).
  - apply full_run_splits in R as (f & nodes & R & -> & _ & B). simpl in *.
    unfold full_ends in E. destruct (todo (walked q)) eqn:T; [|discriminate].
    apply andb_true_iff in E as [_ E]. apply Z.eqb_eq in E.
    edestruct (node_run_reads judge _ _ _ nodes _ _ _ _ (le_n _) R eq_refl T)
      as (tree & found & ls' & w' & _ & C & R' & P & N & F & S).
    simpl in P. injection P as P. destruct ls' as [|l ls'].
    + simpl in R'. injection R' as ->. exists tree, found. split; [|split; [exact C|split; [|split; [exact F|]]]].
      * apply B. split; [reflexivity|discriminate].
      * rewrite N in E. simpl in E. lia.
      * intro X. destruct (S X) as [Y|Y]; [discriminate|exact Y].
    + simpl in R'. unfold node_step in R'. rewrite <- P in R'. discriminate.
Qed.
