(* The claim range: infimum and supremum of each output, or of each difference of outputs, on the domain. *)

From Coq Require Import ZArith List Bool Lia Ring Field.
From ExactReLU Require Import OrderedField Rows Networks CaseTree Certificate Difference.
From ExactReLU Require Import Segments FullTree FullCertificate Pieces Equality.
Import ListNotations.
Open Scope Z_scope.

(* A bound p / q, and a point where it is the value: in the domain if attained, else in its closure. Or a point
   and a ray, in the domain and in the closed cells of the networks' configurations. *)
Inductive extreme :=
  | Finite (p q : Z) (attained : bool) (x : point)
  | Infinite (x : point) (ray : list Z) (cells : list configuration).

(* Minimum and maximum of each output. *)
Definition ranges := list (extreme * extreme).

Definition weak (c : constraint) : constraint := match snd c with Null => c | _ => (fst c, AtLeast) end.

(* The row of f - p/q for f = r/d, or of p/q - f, which must not be positive (not even zero, if not attained). *)
Definition beyond (upper : bool) (r : row) (d : Z) (e : extreme) : list constraint :=
  match e with
  | Finite p q attained _ =>
      let over_ := axpy (- (p * d)) [1] (scaled q r) in
      [(primitive (if upper then over_ else negated over_), if attained then Above else AtLeast)]
  | Infinite _ _ _ => []
  end.

Definition all_beyond (outputs : ranges) (rs : list row) (d : Z) : list constraint :=
  flat_map (fun p => beyond false (snd p) d (fst (fst p)) ++ beyond true (snd p) d (snd (fst p)))
    (combine outputs rs).

(* The multipliers of a leaf refute that some bound is exceeded on its closed cell. *)
Definition judge_range (outputs : ranges) : judgement := fun rows_ b more =>
  match piece b, more with
  | Some (rs, d), Some ms =>
      let path_ := rows_ ++ map weak (rev_append (splits b) []) in
      let wrong := all_beyond outputs rs d in
      if Nat.eqb (length outputs) (length rs) && Nat.eqb (length ms) (length wrong)
         && forallb (fun p => refutes (path_ ++ [snd p]) (snd (fst p))) (combine ms wrong)
      then Some false else None
  | _, _ => None
  end.

Definition claimed_at (nets : list network) (x : point) : option point :=
  match nets with
  | [one] => Some (output_at one x)
  | [one; two] =>
      let u := output_at one x in let v := output_at two x in
      Some (map (fun p => fst p * snd v - snd p * snd u) (combine (fst u) (fst v)), snd u * snd v)
  | _ => None
  end.

(* Point and ray are on the side of the bit. *)
Definition stays (x : point) (ray : list Z) (r : row) (b : bool) : bool :=
  let v := dotz r (snd x :: fst x) in let w := dotz r (0 :: ray) in
  if b then (0 <=? v) && (0 <=? w) else (v <=? 0) && (w <=? 0).

Fixpoint all_stay (x : point) (ray : list Z) (l : list mark) (ns : list ((Z * Z) * row)) : bool :=
  match l, ns with
  | [], [] => true
  | Bit b :: l', (p, r) :: ns' => bent p && stays x ray r b && all_stay x ray l' ns'
  | Linear :: l', (p, _) :: ns' => negb (bent p) && all_stay x ray l' ns'
  | _, _ => false
  end.

(* The network's maps along the ray, in the closed cell of the configuration. *)
Fixpoint along (x : point) (ray : list Z) (s : map_state) (c : configuration) : option map_state :=
  match c with
  | [] => if complete s then Some s else None
  | l :: c' => if all_stay x ray l (row_neurons s) then along x ray (fst (advance_one s l)) c' else None
  end.

Fixpoint all_along (x : point) (ray : list Z) (nets : list network) (cells : list configuration) : option (list map_state) :=
  match nets, cells with
  | [], [] => Some []
  | n :: nets', c :: cells' =>
      match along x ray (first_maps n) c, all_along x ray nets' cells' with
      | Some s, Some ss => Some (s :: ss)
      | _, _ => None
      end
  | _, _ => None
  end.

Definition ray_stays (ray : list Z) (c : constraint) : bool :=
  let v := dotz (fst c) (0 :: ray) in match snd c with Null => v =? 0 | _ => 0 <=? v end.

Definition right_extreme (h : full_header) (rows_ : list constraint) (i : nat) (upper : bool) (e : extreme) : bool :=
  match e with
  | Finite p q attained x =>
      (0 <? q) && positive_point (full_inputs h) x && sees_point x (if attained then rows_ else map weak rows_)
      && match claimed_at (full_networks h) x with
         | Some v => nth i (fst v) 0 * q =? p * snd v
         | None => false
         end
  | Infinite x ray cells =>
      positive_point (full_inputs h) x && is_width (full_inputs h) ray && sees_point x rows_
      && forallb (ray_stays ray) rows_
      && match all_along x ray (full_networks h) cells with
         | Some ss => match output_rows ss with
                      | Some (rs, _) => let w := dotz (nth i rs []) (0 :: ray) in if upper then 0 <? w else w <? 0
                      | None => false
                      end
         | None => false
         end
  end.

Fixpoint right_extremes (h : full_header) (rows_ : list constraint) (i : nat) (outputs : ranges) : bool :=
  match outputs with
  | [] => true
  | (low, high) :: outputs' =>
      right_extreme h rows_ i false low && right_extreme h rows_ i true high
      && right_extremes h rows_ (S i) outputs'
  end.

Definition right_ranges (h : full_header) (outputs : ranges) : bool :=
  match full_networks h with
  | [one] => Nat.eqb (length outputs) (output_width one)
  | [one; two] => Nat.eqb (length outputs) (output_width one) && are_comparable one two
  | _ => false
  end && right_extremes h (map domain_row (full_domain h)) 0 outputs.

Section Meaning.

Variable K : ordered_field.
Add Field Kfield10 : (laws K).

Notation rational := (rational_point K).

(* e says the supremum of f on D, and if it is attained; or that f is not bounded. *)
Definition is_supremum (D : list K -> Prop) (f : list K -> K) (e : extreme) : Prop :=
  match e with
  | Finite p q true _ =>
      (forall x, D x -> (f x <= inj p / inj q)%K) /\ exists x, D x /\ f x = (inj p / inj q)%K
  | Finite p q false _ =>
      (forall x, D x -> (f x < inj p / inj q)%K) /\
      forall c, (c < inj p / inj q)%K -> exists x, D x /\ (c < f x)%K
  | Infinite _ _ _ => forall c, exists x, D x /\ (c < f x)%K
  end.

Definition is_infimum (D : list K -> Prop) (f : list K -> K) (e : extreme) : Prop :=
  match e with
  | Finite p q true _ =>
      (forall x, D x -> (inj p / inj q <= f x)%K) /\ exists x, D x /\ f x = (inj p / inj q)%K
  | Finite p q false _ =>
      (forall x, D x -> (inj p / inj q < f x)%K) /\
      forall c, (inj p / inj q < c)%K -> exists x, D x /\ (f x < c)%K
  | Infinite _ _ _ => forall c, exists x, D x /\ (f x < c)%K
  end.

(* Both at once: with the sign turned, an infimum is a supremum. *)
Definition signed (upper : bool) (v : K) : K := if upper then v else (- v)%K.

Definition is_extreme (upper : bool) (D : list K -> Prop) (f : list K -> K) (e : extreme) : Prop :=
  match e with
  | Finite p q attained _ =>
      (forall x, D x -> if attained then (signed upper (f x) <= signed upper (inj p / inj q))%K
                        else (signed upper (f x) < signed upper (inj p / inj q))%K) /\
      if attained then exists x, D x /\ f x = (inj p / inj q)%K
      else forall c, (c < signed upper (inj p / inj q))%K -> exists x, D x /\ (c < signed upper (f x))%K
  | Infinite _ _ _ => forall c, exists x, D x /\ (c < signed upper (f x))%K
  end.

Lemma le_opp (a b : K) : (- a <= - b)%K <-> (b <= a)%K.
Proof.
  rewrite <- (le_sub K (- a)%K), <- (le_sub K b a). now replace (- b - - a)%K with (a - b)%K by ring.
Qed.

Lemma lt_opp (a b : K) : (- a < - b)%K <-> (b < a)%K.
Proof.
  rewrite <- (lt_sub K (- a)%K), <- (lt_sub K b a). now replace (- b - - a)%K with (a - b)%K by ring.
Qed.

Lemma extreme_supremum D f e : is_extreme true D f e -> is_supremum D f e.
Proof. destruct e as [p q [] x|x ray cells]; exact (fun H => H). Qed.

Lemma extreme_infimum D f e : is_extreme false D f e -> is_infimum D f e.
Proof.
  destruct e as [p q [] x|x ray cells]; simpl.
  - intros [H G]. split; [|exact G]. intros y Y. now apply le_opp, H.
  - intros [H G]. split; [intros y Y; now apply lt_opp, H|]. intros c C.
    destruct (G (- c)%K) as (y & Y & B); [now apply lt_opp|]. exists y. split; [exact Y|now apply lt_opp].
  - intros G c. destruct (G (- c)%K) as (y & Y & B). exists y. split; [exact Y|now apply lt_opp].
Qed.

Lemma nth_values (rs : list row) (x : list K) d v i : map (fun r => at_ r x) rs = map (mul (inj d)) v ->
  at_ (nth i rs []) x = (inj d * nth i v 0)%K.
Proof.
  revert rs v. induction i as [|i IH]; intros [|r rs] [|a v] E; try discriminate; simpl in *;
    try (unfold at_; simpl; ring); injection E as E F; auto.
Qed.

Lemma nth_rational (v : point) i : 0 < snd v -> nth i (rational v) 0%K = (inj (nth i (fst v) 0%Z) / inj (snd v))%K.
Proof.
  intro P. unfold rational_point. revert i. induction (fst v) as [|a l IH]; intros [|i]; simpl; auto;
    change (@inj K 0) with (@zero K); field; apply inj_neq; lia.
Qed.

Lemma claimed_at_correct nets x v : Forall positive_network nets -> 0 < snd x -> claimed_at nets x = Some v ->
  0 < snd v /\ rational v = claimed nets (rational x).
Proof.
  intros P X H. unfold claimed_at in H. destruct nets as [|one [|two [|three nets]]]; try discriminate; injection H as <-;
    inversion P as [|? ? P1 P']; subst; destruct (output_at_correct K _ _ P1 X) as [E1 F1].
  - split; [exact F1|exact E1].
  - inversion P' as [|? ? P2 _]; subst. destruct (output_at_correct K _ _ P2 X) as [E2 F2].
    simpl. rewrite <- E1, <- E2. generalize dependent (output_at one x). generalize dependent (output_at two x).
    intros [v d] E2 F2 [u e] E1 F1. simpl in *. split; [nia|]. unfold rational_point, differences. simpl. clear E1 E2.
    revert v. induction u as [|a u IH]; intros [|b v]; simpl; try reflexivity. rewrite IH. f_equal.
    rewrite inj_sub, !inj_mul. field. split; apply inj_neq; lia.
Qed.

Lemma claimed_length h outputs (x : list K) : right_ranges h outputs = true ->
  length (claimed (full_networks h) x) = length outputs.
Proof.
  unfold right_ranges. intro H. apply andb_true_iff in H as [H _].
  destruct (full_networks h) as [|one [|two [|three nets]]]; try discriminate; simpl.
  - rewrite output_length. symmetry. now apply Nat.eqb_eq.
  - apply andb_true_iff in H as [H G]. apply Nat.eqb_eq in H, G.
    unfold differences. rewrite map_length, combine_length, !output_length, <- G, Nat.min_id. congruence.
Qed.

(* No bound is exceeded. *)
Lemma satisfies_weak c (x : list K) : satisfies x (weak c) <-> weakly x c.
Proof. destruct c as [r []]; unfold satisfies, weakly, weak; simpl; tauto. Qed.

Lemma forall_combine {A B} (f : A * B -> bool) : forall l m, length l = length m ->
  forallb f (combine l m) = true -> forall b, In b m -> exists a, f (a, b) = true.
Proof.
  induction l as [|a l IH]; intros [|b m] L H c I; try discriminate; [destruct I|].
  simpl in H. apply andb_true_iff in H as [H H']. destruct I as [<-|I]; [now exists a|].
  injection L as L. exact (IH m L H' c I).
Qed.

Lemma nth_combine {A B} (b0 : B) : forall i (l : list A) (m : list B) a, length l = length m ->
  nth_error l i = Some a -> In (a, nth i m b0) (combine l m).
Proof.
  induction i as [|i IH]; intros [|a l] [|b m] c L H; try discriminate; simpl in *.
  - injection H as ->. now left.
  - right. apply IH; [now injection L|exact H].
Qed.

Lemma beyond_row (upper : bool) r d p q (x : list K) v : 0 < d -> 0 < q -> at_ r x = (inj d * v)%K ->
  let over_ := axpy (- (p * d)) [1] (scaled q r) in
  at_ (if upper then over_ else negated over_) x
    = (inj (q * d) * (signed upper v - signed upper (inj p / inj q)))%K.
Proof.
  intros D Q E over_. assert (V : at_ over_ x = (inj (q * d) * (v - inj p / inj q))%K).
  { unfold over_, at_. rewrite dot_axpy, dot_scaled. unfold at_ in E. rewrite E.
    simpl (dot [1] _). change (inj 1) with (@one K). rewrite inj_opp, !inj_mul. field. apply inj_neq. lia. }
  destruct upper; simpl; [exact V|]. rewrite at_negated, V. ring.
Qed.

Lemma bound_holds h f found outputs i (upper : bool) p q attained y (x : list K) low high :
  accepted h f found -> Forall (fun l => judged (judge_range outputs) f l <> None) found ->
  full_in_domain h x -> 0 < q -> nth_error outputs i = Some (low, high) ->
  (if upper then high else low) = Finite p q attained y ->
  let v := signed upper (nth i (claimed (full_networks h) x) 0%K) in
  let w := signed upper (inj p / inj q)%K in
  if attained then (v <= w)%K else (v < w)%K.
Proof.
  intros A J D Q N E v w. destruct (domain_covered K _ _ _ x A D) as (l & _ & I & C & _).
  rewrite Forall_forall in J. specialize (J l I). unfold judged, judge_range in J.
  destruct (piece (cell l)) as [(rs, d)|] eqn:P; [|congruence].
  destruct (extra l) as [ms|]; [|congruence]. destruct (_ && _) eqn:B in J; [|congruence]. clear J.
  rewrite !andb_true_iff in B. destruct B as [[B1 B2] B3]. apply Nat.eqb_eq in B1, B2.
  destruct (piece_correct K _ _ _ _ _ _ x A I C P) as [DP V]. apply (nth_values _ _ _ _ i) in V.
  set (c := (primitive (let over_ := axpy (- (p * d)) [1] (scaled q (nth i rs [])) in if upper then over_ else negated over_),
             if attained then Above else AtLeast)).
  assert (IN : In c (all_beyond outputs rs d)).
  { unfold all_beyond. apply in_flat_map. exists ((low, high), nth i rs []). split; [now apply nth_combine|].
    simpl. apply in_or_app. destruct upper; rewrite E; [right|left]; simpl; now left. }
  destruct (forall_combine _ _ _ B2 B3 c IN) as (m & R). simpl in R.
  assert (NOT : ~ satisfies x c).
  { intro S. apply (refutes_point K _ _ x R). rewrite !Forall_app. split; [split|constructor; [exact S|constructor]].
    - destruct A as (_ & [SF _] & _). apply SF. apply domain_rows_correct. exact (proj2 D).
    - rewrite rev_append_rev, app_nil_r, Forall_map. apply Forall_rev. destruct C as [_ C].
      refine (Forall_impl _ _ C). intros e. apply satisfies_weak. }
  unfold satisfies, c in NOT. cbv zeta in NOT. cbn [fst snd] in NOT. rewrite related_primitive, (beyond_row _ _ _ _ _ _ _ DP Q V) in NOT.
  fold v in NOT. fold w in NOT. rewrite (related_scaled K) in NOT by (apply inj_pos; nia).
  destruct attained; simpl in NOT.
  - destruct (le_or_lt K v w) as [G|G]; [exact G|]. destruct NOT. now apply lt_sub.
  - apply not_le_lt. intro G. apply NOT. now apply le_sub.
Qed.

(* A bound that is not attained is approached, on a segment from the closure's point into the domain. *)
Lemma approached h f found outputs i upper (x : list K) : accepted h f found -> found <> [] ->
  Forall (fun l => judged (judge_range outputs) f l <> None) found -> in_closure h x ->
  forall c, (c < signed upper (nth i (claimed (full_networks h) x) 0%K))%K ->
  exists y, full_in_domain h y /\ (c < signed upper (nth i (claimed (full_networks h) y) 0%K))%K.
Proof.
  intros A N J X c G. destruct (cells_cover K _ _ _ x A N X) as (l & y & I & CX & Y & CY).
  rewrite Forall_forall in J. specialize (J l I). unfold judged, judge_range in J.
  destruct (piece (cell l)) as [(rs, d)|] eqn:P; [|congruence]. clear J.
  assert (L : length x = length y) by (destruct X, Y; congruence).
  set (g := fun z : list K => nth i (claimed (full_networks h) z) 0%K) in *.
  assert (AT : forall z, in_cell f l z -> at_ (nth i rs []) z = (inj d * g z)%K).
  { intros z C. destruct (piece_correct K _ _ _ _ _ _ z A I C P) as [_ V]. now apply nth_values. }
  destruct (piece_correct K _ _ _ _ _ _ x A I CX P) as [DP _].
  assert (S : soon (fun t => (0 < (1 - t) * (signed upper (g x) - c) + t * (signed upper (g y) - c))%K))
    by (apply soon_pos; now apply lt_sub).
  destruct (soon_now K _ S) as (t & T & T1 & B). exists (between t x y).
  split; [now apply closure_between|]. apply lt_sub.
  assert (E : g (between t x y) = ((1 - t) * g x + t * g y)%K).
  { assert (C : in_cell f l (between t x y)) by (apply in_cell_between; auto using lt_le).
    pose proof (AT _ C) as V. rewrite at_between, (AT x CX), (AT y CY) in V by exact L.
    assert (M : @inj K d <> 0%K) by (apply inj_neq; lia).
    replace (g (between t x y)) with (inj d * g (between t x y) / inj d)%K by (field; exact M).
    rewrite <- V. field. exact M. }
  change (nth i (claimed (full_networks h) (between t x y)) 0%K) with (g (between t x y)). rewrite E.
  destruct upper; simpl in *.
  - replace ((1 - t) * g x + t * g y - c)%K with ((1 - t) * (g x - c) + t * (g y - c))%K by ring. exact B.
  - replace (- ((1 - t) * g x + t * g y) - c)%K with ((1 - t) * (- g x - c) + t * (- g y - c))%K by ring. exact B.
Qed.

(* Rays. *)
Definition shifted (t : K) (x : list K) (ray : list Z) : list K :=
  map (fun p => (fst p + t * inj (snd p))%K) (combine x ray).

Lemma at_shifted r t (x : list K) ray : length x = length ray ->
  at_ r (shifted t x ray) = (at_ r x + t * inj (dotz r (0%Z :: ray)))%K.
Proof.
  intro L. unfold at_. destruct r as [|c r]; simpl; [change (inj 0) with (@zero K); ring|].
  assert (D : dot r (shifted t x ray) = (dot r x + t * inj (dotz r ray))%K).
  { revert x ray L. induction r as [|a r IH]; intros [|b x] [|z ray] L; try discriminate; simpl;
      try (change (inj 0) with (@zero K); ring).
    injection L as L. unfold shifted in *. rewrite (IH x ray L), inj_add, inj_mul. ring. }
  rewrite D. replace (c * 0 + dotz r ray)%Z with (dotz r ray) by ring. ring.
Qed.

Lemma stays_sign (x : point) ray r b t : 0 < snd x -> length (fst x) = length ray -> (0 <= t)%K ->
  stays x ray r b = true -> sign (K := K) Closed b (at_ r (shifted t (rational x) ray)).
Proof.
  intros P L T S. unfold stays in S. rewrite at_shifted by (unfold rational_point; now rewrite map_length).
  rewrite at_point by exact P.
  set (v := dotz r (snd x :: fst x)) in *. set (w := dotz r (0 :: ray)) in *.
  replace (inj v / inj (snd x))%K with (1 / inj (snd x) * inj v : K)%K by (field; apply inj_neq; lia).
  pose proof (lt_le K _ _ (pos_inv K _ (inj_pos K _ P))) as Q.
  destruct b; apply andb_true_iff in S as [S1 S2]; apply Z.leb_le in S1, S2; simpl.
  - apply nn_add; apply nn_mul; auto using inj_nn.
  - apply nn_opp.
    replace (- (1 / inj (snd x) * inj v + t * inj w))%K with (1 / inj (snd x) * inj (- v) + t * inj (- w) : K)%K
      by (rewrite !inj_opp; ring).
    apply nn_add; apply nn_mul; auto; apply inj_nn; lia.
Qed.

Lemma all_stay_fits (x : point) ray t : 0 < snd x -> length (fst x) = length ray -> (0 <= t)%K ->
  forall l ns (ms : list ((Z * Z) * K)), all_stay x ray l ns = true ->
  Forall2 (fun n y => fst n = fst y /\ exists d, (0 < d)%Z /\
    at_ (snd n) (shifted t (rational x) ray) = (inj d * snd y : K)%K) ns ms ->
  Forall2 (fits_mark Closed) l ms.
Proof.
  intros P L T l ns ms H F. revert l H. induction F as [|(p, r) (p', y) ns ms (E & d & D & V) F IH]; intros l H.
  - destruct l as [|[| |b] l]; try discriminate. constructor.
  - simpl in *. subst p'. destruct l as [|[| |b] l]; try discriminate; apply andb_true_iff in H as [H H'].
    + constructor; [|auto]. simpl. now apply negb_true_iff in H.
    + apply andb_true_iff in H as [H1 H2]. constructor; [|auto]. simpl. split; [exact H1|].
      pose proof (stays_sign x ray r b t P L T H2) as S. rewrite V in S. exact (sign_cancel K Closed b d y D S).
Qed.

Lemma along_tracks (x : point) ray t : 0 < snd x -> length (fst x) = length ray -> (0 <= t)%K ->
  forall c s s' (y : state K), along x ray s c = Some s' -> tracks (shifted t (rational x) ray) s y ->
  exists y', tracks (shifted t (rational x) ray) s' y' /\ complete s' = true /\ result K y' = result K y.
Proof.
  intros P L T. induction c as [|l c IH]; intros s s' y H Y; simpl in H.
  - destruct (complete s) eqn:C; [|discriminate]. injection H as <-. eauto.
  - destruct (all_stay x ray l (row_neurons s)) eqn:A; [|discriminate].
    assert (F : Forall2 (fits_mark Closed) l (neurons y ++ [])).
    { apply (all_stay_fits x ray t P L T l (row_neurons s ++ [])); [now rewrite app_nil_r|].
      exact (neurons_matched K _ [s] [y] (Forall2_cons _ _ Y (Forall2_nil _))). }
    destruct (advance_one_correct K _ s y l [] Y F) as [G _].
    destruct (IH _ _ _ H G) as (y' & T' & C' & R). exists y'. split; [exact T'|]. split; [exact C'|].
    rewrite R. exact (finish_next K y).
Qed.

Lemma all_along_rows (x : point) ray t nets : 0 < snd x -> length (fst x) = length ray -> (0 <= t)%K ->
  Forall positive_network nets ->
  forall cells ss rs d, all_along x ray nets cells = Some ss -> output_rows ss = Some (rs, d) ->
  0 < d /\ map (fun r => at_ r (shifted t (rational x) ray)) rs
            = map (mul (inj d)) (claimed nets (shifted t (rational x) ray)).
Proof.
  intros P L T N cells ss rs d H O. set (z := shifted t (rational x) ray) in *.
  assert (F : exists ys, Forall2 (tracks z) ss ys /\ forallb complete ss = true /\
    map (result K) ys = map (result K) (start nets z)).
  { clear O. revert cells ss H. induction N as [|n nets Q N IH]; intros [|c cells] ss H; simpl in H; try discriminate.
    - injection H as <-. exists []. repeat split. constructor.
    - destruct (along x ray (first_maps n) c) as [s|] eqn:A; [|discriminate].
      destruct (all_along x ray nets cells) as [ss'|] eqn:B; [|discriminate]. injection H as <-.
      destruct (IH _ _ B) as (ys & T' & C' & R').
      pose proof (start_tracked K z [n] (Forall_cons _ Q (Forall_nil _))) as S. inversion S as [|? ? ? ? S1 _]; subst.
      destruct (along_tracks x ray t P L T c _ _ _ A S1) as (y & Y & C & R).
      exists (y :: ys). simpl. rewrite C, C', R, R'. repeat split. now constructor. }
  destruct F as (ys & T' & C & R).
  refine (piece_at K (start nets z) z
    {| before := []; marks := []; left := 0%nat; maps := ss; splits := [] |} rs d nets _ eq_refl _).
  - exists ys. simpl. split; [exact T'|]. split; [congruence|]. split; [exact R|]. intros [|? ?] ? _; [exact I|discriminate].
  - unfold piece. simpl. now rewrite C.
Qed.

Lemma ray_in_domain h (x : point) ray t : 0 < snd x -> is_width (full_inputs h) (fst x) = true ->
  is_width (full_inputs h) ray = true -> (0 <= t)%K ->
  sees_point x (map domain_row (full_domain h)) = true ->
  forallb (ray_stays ray) (map domain_row (full_domain h)) = true ->
  full_in_domain h (shifted t (rational x) ray).
Proof.
  intros P WX WR T S R. unfold is_width in *. apply Nat.eqb_eq in WX, WR.
  assert (L : length (rational x) = length ray) by (unfold rational_point; rewrite map_length; congruence).
  split; [unfold shifted; rewrite map_length, combine_length, L, Nat.min_id; exact WR|].
  apply domain_rows_correct. apply (sees_point_sound K x _ P) in S. rewrite Forall_forall in *.
  rewrite forallb_forall in R. intros c I. specialize (S c I). specialize (R c I).
  unfold satisfies, ray_stays in *. rewrite at_shifted by exact L. destruct c as [r rel]. simpl in *.
  set (w := dotz r (0 :: ray)) in *. destruct rel; simpl in *.
  - apply Z.leb_le in R. apply pos_nn_add; [exact S|]. apply nn_mul; [exact T|now apply inj_nn].
  - apply Z.leb_le in R. apply nn_add; [exact S|]. apply nn_mul; [exact T|now apply inj_nn].
  - apply Z.eqb_eq in R. rewrite R, S. change (inj 0) with (@zero K). ring.
Qed.

Lemma far (a b w : K) : (0 < w)%K -> exists t, (0 <= t)%K /\ (b < a + t * w)%K.
Proof.
  intro W. destruct (le_or_lt K a b) as [H|H].
  - exists ((b - a + 1) / w)%K. assert (N := pos_neq K _ W). split.
    + replace ((b - a + 1) / w)%K with ((b - a + 1) * (1 / w))%K by (field; exact N).
      apply nn_mul; [|apply lt_le; now apply pos_inv]. apply nn_add; [now apply le_sub|apply lt_le, one_pos].
    + apply lt_sub. replace (a + (b - a + 1) / w * w - b)%K with (1 : K)%K by (field; exact N). apply one_pos.
  - exists 0%K. split; [apply le_refl|]. now replace (a + 0 * w)%K with a by ring.
Qed.

Lemma escapes h i upper x ray cells : Forall positive_network (full_networks h) ->
  right_extreme h (map domain_row (full_domain h)) i upper (Infinite x ray cells) = true ->
  forall c, exists y : list K, full_in_domain h y /\ (c < signed upper (nth i (claimed (full_networks h) y) 0%K))%K.
Proof.
  intros N H c. simpl in H. unfold positive_point in H. rewrite !andb_true_iff in H.
  destruct H as [[[[[P WX] WR] S] R] H]. apply Z.ltb_lt in P.
  destruct (all_along _ _ _ _) as [ss|] eqn:A; [|discriminate].
  destruct (output_rows ss) as [(rs, d)|] eqn:O; [|discriminate].
  assert (L : length (fst x) = length ray).
  { unfold is_width in WX, WR. apply Nat.eqb_eq in WX, WR. congruence. }
  set (r := nth i rs []) in *. set (w := dotz r (0 :: ray)) in *.
  assert (V : forall t, (0 <= t)%K -> 0 < d /\ (at_ r (rational x) + t * inj w)%K
    = (inj d * nth i (claimed (full_networks h) (shifted t (rational x) ray)) 0)%K).
  { intros t T. destruct (all_along_rows x ray t _ P L T N _ _ _ _ A O) as [D E]. split; [exact D|].
    rewrite <- (nth_values _ _ _ _ i E). symmetry. apply at_shifted. unfold rational_point. now rewrite map_length. }
  destruct (V 0%K (le_refl K _)) as [D _].
  assert (W : (0 < signed upper (inj w))%K).
  { destruct upper; simpl; apply Z.ltb_lt in H; [now apply inj_pos|]. rewrite <- inj_opp. apply inj_pos. lia. }
  destruct (far (signed upper (at_ r (rational x))) (inj d * c)%K _ W) as (t & T & G).
  exists (shifted t (rational x) ray). split; [now apply ray_in_domain|].
  destruct (V t T) as [_ E]. apply lt_sub. apply (pos_cancel K (inj d)); [now apply inj_pos|].
  apply lt_sub in G. destruct upper; simpl in *.
  - replace (inj d * (nth i (claimed (full_networks h) (shifted t (rational x) ray)) 0 - c))%K
      with (at_ r (rational x) + t * inj w - inj d * c)%K by (rewrite E; ring). exact G.
  - replace (inj d * (- nth i (claimed (full_networks h) (shifted t (rational x) ray)) 0 - c))%K
      with (- at_ r (rational x) + t * - inj w - inj d * c)%K; [exact G|].
    replace (- at_ r (rational x) + t * - inj w)%K with (- (at_ r (rational x) + t * inj w))%K by ring.
    rewrite E. ring.
Qed.

Lemma right_extreme_correct h f found outputs i (upper : bool) low high :
  accepted h f found -> found <> [] -> Forall (fun l => judged (judge_range outputs) f l <> None) found ->
  nth_error outputs i = Some (low, high) ->
  right_extreme h (map domain_row (full_domain h)) i upper (if upper then high else low) = true ->
  is_extreme upper (full_in_domain h) (fun x => nth i (claimed (full_networks h) x) 0%K) (if upper then high else low).
Proof.
  intros A N J E H. pose proof A as (P & _). destruct (if upper then high else low) as [p q attained x|x ray cells] eqn:X.
  - pose proof H as R. simpl in R. unfold positive_point in R. rewrite !andb_true_iff in R.
    destruct R as [[[Q [PX WX]] S] V]. apply Z.ltb_lt in Q, PX. unfold is_width in WX. apply Nat.eqb_eq in WX.
    destruct (claimed_at (full_networks h) x) as [v|] eqn:CA; [|discriminate]. apply Z.eqb_eq in V.
    destruct (claimed_at_correct _ _ _ P PX CA) as [PV EV].
    assert (LX : length (rational x) = full_inputs h) by (unfold rational_point; now rewrite map_length).
    assert (VX : nth i (claimed (full_networks h) (rational x)) 0%K = (inj p / inj q)%K).
    { rewrite <- EV, nth_rational by exact PV. now apply quotient_equal. }
    apply (sees_point_sound K x _ PX) in S.
    split.
    + intros y Y. exact (bound_holds _ _ _ _ _ upper _ _ _ _ _ _ _ A J Y Q E X).
    + destruct attained.
      * exists (rational x). split; [|exact VX]. split; [exact LX|]. now apply domain_rows_correct.
      * rewrite <- VX. refine (approached _ _ _ _ i upper (rational x) A N J _). split; [exact LX|].
        rewrite Forall_map in S. refine (Forall_impl _ _ S). intro c. apply satisfies_weak.
  - exact (escapes h i upper x ray cells P H).
Qed.

Lemma right_extremes_nth h rows_ outputs : forall i j low high, right_extremes h rows_ j outputs = true ->
  nth_error outputs i = Some (low, high) ->
  right_extreme h rows_ (j + i) false low = true /\ right_extreme h rows_ (j + i) true high = true.
Proof.
  induction outputs as [|(a, b) outputs IH]; intros [|i] j low high H E; try discriminate; simpl in *;
    rewrite !andb_true_iff in H; destruct H as [[H1 H2] H3].
  - injection E as -> ->. now rewrite Nat.add_0_r.
  - rewrite Nat.add_succ_r. exact (IH i (S j) low high H3 E).
Qed.

End Meaning.

Arguments is_supremum {K}. Arguments is_infimum {K}.

(* THEOREM (b), for the claim range of one network, or of the difference of two. If the program accepts, the
   domain has points, and what the certificate says of each output are its infimum and its supremum on the
   domain: attained or not, finite or not, as said. *)
Theorem range_proved :
  forall h outputs ls a t c q, right_ranges h outputs = true ->
  full_accepts (judge_range outputs) h ls a t c = Some q -> 0 < c ->
  forall K : ordered_field,
  (exists x : list K, full_in_domain h x) /\
  (forall x : list K, length (claimed (full_networks h) x) = length outputs) /\
  forall i low high, nth_error outputs i = Some (low, high) ->
    let f := fun x : list K => nth i (claimed (full_networks h) x) 0%K in
    is_infimum (full_in_domain h) f low /\ is_supremum (full_in_domain h) f high.
Proof.
  intros h outputs ls a t c q R H C K.
  destruct (full_accepted _ _ _ _ _ _ _ H) as (P & tree & found & S & L & N & J & _).
  assert (A : accepted h (now q) found) by (split; [exact P|split; [exact S|now exists tree]]).
  assert (NE : found <> []) by (intros ->; simpl in N; lia).
  split; [|split].
  - destruct found as [|l found']; [congruence|].
    destruct (accepted_leaf K _ _ _ l A (or_introl eq_refl)) as (_ & _ & y & D & _). now exists y.
  - intro x. now apply claimed_length.
  - intros i low high E f. pose proof R as R'. unfold right_ranges in R'. apply andb_true_iff in R' as [_ R'].
    destruct (right_extremes_nth _ _ _ i 0 _ _ R' E) as [E0 E1]. simpl in E0, E1. split.
    + apply extreme_infimum. exact (right_extreme_correct K _ _ _ _ i false low high A NE J E E0).
    + apply extreme_supremum. exact (right_extreme_correct K _ _ _ _ i true low high A NE J E E1).
Qed.
