(* Networks with rational weights and units with two slopes: what they compute, what their configurations
   are, and their affine maps on the cell of a configuration, in integers. *)

From Coq Require Import ZArith List Bool Lia Ring Field.
From ExactReLU Require Import OrderedField Rows.
Import ListNotations.
Open Scope Z_scope.

(* A layer W, b: each row is bias :: weights; all are divided by the positive number [scale]. *)
Record affine := { scale : Z; weights : list row }.

(* The slopes of a hidden layer's units: pairs (s-, s+), divided by [common]. *)
Record slopes := { common : Z; pairs : list (Z * Z) }.

Definition layers := list (slopes * affine).
Definition network := (affine * layers)%type.

Definition positive_layers (t : layers) : Prop :=
  Forall (fun layer => 0 < common (fst layer) /\ 0 < scale (snd layer)) t.
Definition positive_network (n : network) : Prop := 0 < scale (fst n) /\ positive_layers (snd n).

(* A neuron has a bit if its two slopes differ. *)
Definition bent (p : Z * Z) : bool := negb (fst p =? snd p).

(* What a branch, or a configuration, says of a neuron: it is linear, it is not decided, it has this bit. *)
Inductive mark := Linear | Open | Bit (b : bool).

Definition configuration := list (list mark).

Inductive reading := HalfOpen | Closed | Full.

Section Meaning.

Variable K : ordered_field.
Add Field Kfield : (laws K).

Definition apply (A : affine) (v : list K) : list K :=
  map (fun r => (at_ r v / inj (scale A))%K) (weights A).

(* s- y for y <= 0, s+ y for y > 0 *)
Definition unit (d : Z) (p : Z * Z) (y : K) : K :=
  if leb K y 0%K then (inj (fst p) / inj d * y)%K else (inj (snd p) / inj d * y)%K.

Fixpoint units (d : Z) (ps : list (Z * Z)) (ys : list K) : list K :=
  match ps, ys with p :: ps', y :: ys' => unit d p y :: units d ps' ys' | _, _ => [] end.

Definition activated (s : slopes) (y : list K) : list K := units (common s) (pairs s) y.

Fixpoint finish (y : list K) (t : layers) : list K :=
  match t with [] => y | (s, A) :: t' => finish (apply A (activated s y)) t' end.

(* The function that a network realizes. *)
Definition output (n : network) (x : list K) : list K := finish (apply (fst n) x) (snd n).

(* Several networks side by side, at some layer: pre-activations, and the layers after them. *)
Definition state := (list K * layers)%type.

Definition neurons (s : state) : list ((Z * Z) * K) :=
  match snd s with [] => [] | (sl, _) :: _ => combine (pairs sl) (fst s) end.

Definition next (s : state) : state :=
  match snd s with [] => s | (sl, A) :: t => (apply A (activated sl (fst s)), t) end.

Definition start (nets : list network) (x : list K) : list state :=
  map (fun n => (apply (fst n) x, snd n)) nets.

(* When a bit fits the sign of a pre-activation. [Full] is as [HalfOpen]: it differs in what counts. *)
Definition sign (rd : reading) (b : bool) (y : K) : Prop :=
  match rd, b with
  | Closed, true => (0 <= y)%K
  | _, true => (0 < y)%K
  | _, false => (y <= 0)%K
  end.

Definition fits_mark (rd : reading) (m : mark) (n : (Z * Z) * K) : Prop :=
  match m with
  | Linear => bent (fst n) = false
  | Open => False
  | Bit b => bent (fst n) = true /\ sign rd b (snd n)
  end.

(* The configuration says the right thing of each neuron of the first layers, as many as it has. *)
Fixpoint has_configuration (rd : reading) (c : configuration) (s : list state) : Prop :=
  match c with
  | [] => True
  | l :: c' => Forall2 (fits_mark rd) l (flat_map neurons s) /\ has_configuration rd c' (map next s)
  end.

End Meaning.

Arguments apply {K}. Arguments unit {K}. Arguments units {K}. Arguments activated {K}.
Arguments finish {K}. Arguments output {K}. Arguments neurons {K}. Arguments next {K}.
Arguments start {K}. Arguments sign {K}. Arguments fits_mark {K}. Arguments has_configuration {K}.

(* The same in integers: the pre-activations of a layer as rows on the inputs, over a positive denominator. *)
Record map_state := { rows : list row; denominator : Z; rest : layers }.

Definition first_maps (n : network) : map_state :=
  {| rows := weights (fst n); denominator := scale (fst n); rest := snd n |}.

Definition row_neurons (s : map_state) : list ((Z * Z) * row) :=
  match rest s with [] => [] | (sl, _) :: _ => combine (pairs sl) (rows s) end.

Definition chosen_slope (p : Z * Z) (m : mark) : Z := match m with Bit true => snd p | _ => fst p end.

(* The rows of the units' values times [common], given the marks; and the marks that are left. *)
Fixpoint values (ps : list (Z * Z)) (rs : list row) (ms : list mark) : list row * list mark :=
  match ps, rs, ms with
  | p :: ps', r :: rs', m :: ms' =>
      let (vs, left) := values ps' rs' ms' in (scaled (chosen_slope p m) r :: vs, left)
  | _, _, _ => ([], ms)
  end.

Definition advance_one (s : map_state) (ms : list mark) : map_state * list mark :=
  match rest s with
  | [] => (s, ms)
  | (sl, A) :: t =>
      let (vs, left) := values (pairs sl) (rows s) ms in
      let d := denominator s * common sl in
      let inputs := [d] :: vs in
      ({| rows := map (fun w => combination w inputs []) (weights A);
          denominator := d * scale A; rest := t |}, left)
  end.

Fixpoint advance (s : list map_state) (ms : list mark) : list map_state :=
  match s with
  | [] => []
  | one :: s' => let (one', left) := advance_one one ms in one' :: advance s' left
  end.

Section Correct.

Variable K : ordered_field.
Add Field Kfield2 : (laws K).

(* Rows and denominator say the pre-activations at x. *)
Definition tracks (x : list K) (s : map_state) (y : state K) : Prop :=
  0 < denominator s /\ rest s = snd y /\ positive_layers (rest s) /\
  map (fun r => at_ r x) (rows s) = map (mul (inj (denominator s))) (fst y).

Lemma at_combination w rs acc x :
  at_ (combination w rs acc) x = (at_ acc x + dot w (map (fun r => at_ r x) rs) : K)%K.
Proof.
  revert rs acc; induction w as [|m w IH]; intros [|r rs] acc; simpl; try ring.
  rewrite IH. destruct (m =? 0) eqn:E.
  - apply Z.eqb_eq in E. subst m. rewrite inj_0. ring.
  - unfold at_. rewrite dot_axpy. ring.
Qed.

Lemma dot_map_scaled w (d : K) v : dot w (map (mul d) v) = (d * dot w v)%K.
Proof.
  revert v; induction w as [|a w IH]; intros [|b v]; simpl; try ring. rewrite IH. ring.
Qed.

Lemma unit_closed d p m y : 0 < d -> fits_mark (K := K) Closed m (p, y) ->
  unit d p y = (inj (chosen_slope p m) / inj d * y)%K.
Proof.
  intros P F. unfold unit. destruct m as [| |b]; simpl in F; [|contradiction|].
  - unfold bent in F. apply negb_false_iff, Z.eqb_eq in F. simpl. rewrite <- F. now destruct (leb K y 0%K).
  - destruct F as [_ F]. destruct b; simpl in *.
    + destruct (leb K y 0%K) eqn:E; [|reflexivity].
      replace y with (@zero K) by (apply le_antisym; assumption). field. apply inj_neq. lia.
    + unfold le in F. now rewrite F.
Qed.

Lemma values_correct x d e ps rs ys ms more : 0 < d ->
  map (fun r => at_ r x) rs = map (mul (inj e)) ys ->
  Forall2 (fits_mark (K := K) Closed) ms (combine ps ys ++ more) ->
  map (fun r => at_ r x) (fst (values ps rs ms)) = map (mul (inj (e * d))) (units d ps ys) /\
  Forall2 (fits_mark Closed) (snd (values ps rs ms)) more.
Proof.
  intro P. revert rs ys ms. induction ps as [|p ps IH]; intros rs ys ms E F; [simpl; auto|].
  destruct rs as [|r rs], ys as [|y ys]; try discriminate; [simpl; auto|].
  simpl in E. injection E as E1 E2. simpl in F. inversion F as [|m ? ms' ? F1 F2]; subst. simpl.
  destruct (IH rs ys ms' E2 F2) as [G1 G2]. destruct (values ps rs ms') as [vs left]. simpl in *.
  split; [|exact G2]. f_equal; [|exact G1].
  rewrite (unit_closed _ _ _ _ P F1). unfold at_ in *. rewrite dot_scaled, E1, inj_mul. field.
  apply inj_neq. lia.
Qed.

Lemma advance_one_correct x s y ms more : tracks x s y ->
  Forall2 (fits_mark (K := K) Closed) ms (neurons y ++ more) ->
  tracks x (fst (advance_one s ms)) (next y) /\ Forall2 (fits_mark Closed) (snd (advance_one s ms)) more.
Proof.
  intros (P & R & Q & E) F. unfold advance_one, next, neurons in *. destruct y as [y t]; simpl in *. subst t.
  destruct (rest s) as [|(sl, A) t] eqn:T; simpl in *.
  - split; [|exact F]. unfold tracks. rewrite T. simpl. auto.
  - inversion Q as [|? ? [Q1 Q2] Q3]; subst. simpl in *.
    destruct (values_correct x (common sl) (denominator s) (pairs sl) (rows s) y ms more Q1 E F) as [G1 G2].
    destruct (values (pairs sl) (rows s) ms) as [vs left]. simpl in *. split; [|exact G2].
    unfold tracks. simpl. repeat split; [nia|exact Q3|]. unfold apply. rewrite !map_map.
    apply map_ext. intro w. rewrite at_combination. simpl.
    rewrite G1.
    replace (at_ [denominator s * common sl] x) with (@inj K (denominator s * common sl) * 1)%K
      by (unfold at_; simpl; ring).
    change ((@inj K (denominator s * common sl) * 1)%K :: map (mul (inj (denominator s * common sl)))
      (units (common sl) (pairs sl) y))
      with (map (mul (inj (denominator s * common sl))) (1%K :: units (common sl) (pairs sl) y)).
    rewrite dot_map_scaled. unfold at_, activated. rewrite (inj_mul K _ (scale A)). simpl. field.
    apply inj_neq. lia.
Qed.

Lemma advance_correct x ss ys ms : Forall2 (tracks x) ss ys ->
  Forall2 (fits_mark (K := K) Closed) ms (flat_map neurons ys) ->
  Forall2 (tracks x) (advance ss ms) (map next ys).
Proof.
  intro H. revert ms. induction H as [|s y ss ys T H IH]; intros ms F; simpl; [constructor|].
  simpl in F. destruct (advance_one_correct x s y ms (flat_map neurons ys) T F) as [G1 G2].
  destruct (advance_one s ms) as [s' left]. simpl in *. constructor; [exact G1|now apply IH].
Qed.

Lemma start_tracked x nets : Forall positive_network nets ->
  Forall2 (tracks x) (map first_maps nets) (start nets x).
Proof.
  induction 1 as [|n nets [P Q] H IH]; simpl; constructor; [|exact IH].
  unfold tracks. simpl. repeat split; [exact P|exact Q|]. unfold apply. rewrite map_map.
  apply map_ext. intro r. field. apply inj_neq. lia.
Qed.

Lemma sign_closed rd b y : sign (K := K) rd b y -> sign Closed b y.
Proof. destruct rd, b; simpl; auto using lt_le. Qed.

Lemma fits_closed rd m n : fits_mark (K := K) rd m n -> fits_mark Closed m n.
Proof. destruct m; simpl; auto. intros [H G]. split; [exact H|exact (sign_closed _ _ _ G)]. Qed.

Lemma finish_next (y : state K) : finish (fst (next y)) (snd (next y)) = finish (fst y) (snd y).
Proof. destruct y as [y [|(s, A) t]]; reflexivity. Qed.

End Correct.

Arguments tracks {K}.
