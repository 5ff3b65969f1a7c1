(* The claim optimum: maxima and suprema of functions of inputs and outputs on a set. *)

From Coq Require Import ZArith List Bool Lia Ring Field.
From ExactReLU Require Import OrderedField Rows Networks CaseTree Certificate Difference Segments FullTree Ranges.
From ExactReLU Require Import Relaxations PropertyNodes PropertyTree Properties.
Import ListNotations.
Open Scope Z_scope.

(* [excess] is the objective less its maximum, a row over inputs and outputs: it must not be positive on the set,
   nor 0 if the maximum is not attained. At the point it is 0; [inner] is a point of the set. *)
Record objective := { excess : row; is_attained : bool; best_at : point; inner_at : point }.

Definition objective_set (s : input_set) (o : objective) : input_set :=
  {| set_over := set_over s; set_sides := set_sides s; set_grid := set_grid s; set_rows := set_rows s;
     set_disjuncts := [[(excess o, if is_attained o then Above else AtLeast)]] |}.

(* x with the network's outputs there *)
Definition with_outputs (net : network) (x : point) : point :=
  let y := output_at net x in
  (map (Z.mul (snd y)) (fst x) ++ map (Z.mul (snd x)) (fst y), snd x * snd y).

(* strict: an open side must not be met *)
Definition sees_side (strict_ : bool) (g : Z) (s : side) (v d : Z) : bool :=
  (match fst (fst s) with
   | Some l => if strict_ && fst (snd s) then l * d <? g * v else l * d <=? g * v | None => true end)
  && (match snd (fst s) with
      | Some h => if strict_ && snd (snd s) then g * v <? h * d else g * v <=? h * d | None => true end).

Definition sees_member (strict_ : bool) (net : network) (n : nat) (s : input_set) (x : point) : bool :=
  positive_point n x
  && forallb (fun p => sees_side strict_ (set_grid s) (fst p) (snd p) (snd x)) (combine (set_sides s) (fst x))
  && sees_point (with_outputs net x) (if strict_ then set_rows s else map weak (set_rows s)).

Definition right_objective (q : question) (s : input_set) (o : objective) : bool :=
  let n := about_inputs q in
  sees_member (is_attained o) (about q) n s (best_at o)
  && (let z := with_outputs (about q) (best_at o) in dotz (excess o) (snd z :: fst z) =? 0)
  && (is_attained o || sees_member true (about q) n s (inner_at o)).

Section Meaning.

Variable K : ordered_field.
Add Field Kfield18 : (laws K).

Notation rational := (rational_point K).

(* f has the value 0 somewhere on D and is nowhere larger; or it is smaller everywhere, but not by much. *)
Definition vanishing_supremum (attained : bool) (D : list K -> Prop) (f : list K -> K) : Prop :=
  if attained then (forall x, D x -> (f x <= 0)%K) /\ exists x, D x /\ f x = 0%K
  else (forall x, D x -> (f x < 0)%K) /\ forall c, (c < 0)%K -> exists x, D x /\ (c < f x)%K.

Lemma with_outputs_correct net x : positive_network net -> 0 < snd x ->
  0 < snd (with_outputs net x) /\ rational (with_outputs net x) = rational x ++ output net (rational x).
Proof.
  intros P X. destruct (output_at_correct K net x P X) as [E F]. unfold with_outputs. rewrite <- E.
  generalize dependent (output_at net x). intros [y d] E F. simpl in *. split; [nia|].
  unfold rational_point. simpl. rewrite map_app, !map_map. f_equal; apply map_ext; intro z;
    rewrite !inj_mul; field; split; apply inj_neq; lia.
Qed.

Lemma sees_side_correct strict_ g s v d : 0 < d -> sees_side strict_ g s v d = true ->
  if strict_ then in_side K g s (inj v / inj d)%K else within g (fst s) (inj v / inj d : K)%K.
Proof.
  intros D H. unfold sees_side in H. apply andb_true_iff in H as [H1 H2].
  assert (N : @inj K d <> 0%K) by (apply inj_neq; lia). pose proof (pos_inv K _ (inj_pos K d D)) as P.
  assert (LE : forall a b, a * d <= b -> (@inj K a <= inj b / inj d)%K).
  { intros a b L. apply le_sub. replace (inj b / inj d - inj a)%K with (1 / inj d * inj (b - a * d) : K)%K
      by (rewrite inj_sub, inj_mul; field; exact N). apply nn_mul; [now apply lt_le|apply inj_nn; lia]. }
  assert (LT : forall a b, a * d < b -> (@inj K a < inj b / inj d)%K).
  { intros a b L. apply lt_sub. replace (inj b / inj d - inj a)%K with (1 / inj d * inj (b - a * d) : K)%K
      by (rewrite inj_sub, inj_mul; field; exact N). apply pos_mul; [exact P|apply inj_pos; lia]. }
  assert (GE : forall a b, b <= a * d -> (@inj K b / inj d <= inj a)%K).
  { intros a b L. apply le_sub. replace (inj a - inj b / inj d)%K with (1 / inj d * inj (a * d - b) : K)%K
      by (rewrite inj_sub, inj_mul; field; exact N). apply nn_mul; [now apply lt_le|apply inj_nn; lia]. }
  assert (GT : forall a b, b < a * d -> (@inj K b / inj d < inj a)%K).
  { intros a b L. apply lt_sub. replace (inj a - inj b / inj d)%K with (1 / inj d * inj (a * d - b) : K)%K
      by (rewrite inj_sub, inj_mul; field; exact N). apply pos_mul; [exact P|apply inj_pos; lia]. }
  assert (M : (inj g * (inj v / inj d) = inj (g * v) / inj d :> K)%K) by (rewrite inj_mul; field; exact N).
  destruct s as [[low high] [below above]]. simpl in *. destruct strict_; simpl in *; split; simpl; intros e E;
    rewrite M; subst.
  - destruct below; [apply LT; now apply Z.ltb_lt|apply LE; now apply Z.leb_le].
  - destruct above; [apply GT; now apply Z.ltb_lt|apply GE; now apply Z.leb_le].
  - apply LE. now apply Z.leb_le.
  - apply GE. now apply Z.leb_le.
Qed.

Lemma sees_member_correct strict_ net n s x : positive_network net -> length (set_sides s) = n ->
  sees_member strict_ net n s x = true ->
  length (rational x) = n /\
  Forall2 (fun e v => if strict_ then in_side K (set_grid s) e v else within (set_grid s) (fst e) v) (set_sides s) (rational x) /\
  Forall (if strict_ then satisfies (rational x ++ output net (rational x))
          else weakly (rational x ++ output net (rational x))) (set_rows s).
Proof.
  intros P L H. unfold sees_member, positive_point in H. rewrite !andb_true_iff in H.
  destruct H as [[[X W] S] R]. apply Z.ltb_lt in X. unfold is_width in W. apply Nat.eqb_eq in W.
  split; [unfold rational_point; now rewrite map_length|]. split.
  - unfold rational_point. rewrite <- L in W. revert S W. generalize (set_sides s) (fst x).
    induction l as [|e l IH]; intros [|v m] S W; try discriminate; simpl; constructor.
    + simpl in S. apply andb_true_iff in S as [S _]. exact (sees_side_correct strict_ _ _ _ _ X S).
    + simpl in S. apply andb_true_iff in S as [_ S]. apply IH; [exact S|now injection W].
  - destruct (with_outputs_correct net x P X) as [Z E]. apply (sees_point_sound K _ _ Z) in R. rewrite E in R.
    destruct strict_; [exact R|]. rewrite Forall_map in R. refine (Forall_impl _ _ R). intro c. apply satisfies_weak.
Qed.

(* A network along a segment is affine just after its first point. *)
Lemma unit_germ d p (a b : K) : exists w, soon (fun t =>
  unit d p ((1 - t) * a + t * b)%K = ((1 - t) * unit d p a + t * w)%K).
Proof.
  destruct (trichotomy K a) as [A|[A|A]].
  - exists (inj (fst p) / inj d * b)%K. refine (soon_impl K _ _ _ (soon_neg K a b A)). intros t _ _ N.
    destruct (unit_cases K d p ((1 - t) * a + t * b)%K) as [[_ ->]|[Q _]]; [|destruct (lt_not_le K _ _ Q (lt_le K _ _ N))].
    destruct (unit_cases K d p a) as [[_ ->]|[Q _]]; [ring|destruct (lt_not_le K _ _ Q (lt_le K _ _ A))].
  - exists (unit d p b). apply soon_always. intros t T _. subst a.
    assert (Z : unit d p (@zero K) = @zero K).
    { destruct (unit_cases K d p 0%K) as [[_ ->]|[_ ->]]; ring. }
    rewrite Z. replace ((1 - t) * 0 + t * b)%K with (t * b)%K by ring.
    destruct (unit_cases K d p b) as [[B ->]|[B ->]].
    + destruct (unit_cases K d p (t * b)%K) as [[_ ->]|[Q _]]; [ring|].
      apply nn_opp in B. pose proof (nn_mul K _ _ (lt_le K _ _ T) B) as N.
      destruct (lt_not_le K _ _ Q). apply nn_opp. now replace (- (t * b))%K with (t * - b)%K by ring.
    + destruct (unit_cases K d p (t * b)%K) as [[Q _]|[_ ->]]; [|ring].
      destruct (lt_not_le K _ _ (pos_mul K _ _ T B) Q).
  - exists (inj (snd p) / inj d * b)%K. refine (soon_impl K _ _ _ (soon_pos K a b A)). intros t _ _ N.
    destruct (unit_cases K d p ((1 - t) * a + t * b)%K) as [[Q _]|[_ ->]]; [destruct (lt_not_le K _ _ N Q)|].
    destruct (unit_cases K d p a) as [[Q _]|[_ ->]]; [destruct (lt_not_le K _ _ A Q)|ring].
Qed.

Lemma units_germ d ps : forall a b : list K, length a = length b -> exists w, length w = length (units d ps a) /\
  soon (fun t => units d ps (between t a b) = between t (units d ps a) w).
Proof.
  induction ps as [|p ps IH]; intros a b L.
  - exists []. split; [reflexivity|]. apply soon_always. reflexivity.
  - destruct a as [|x a], b as [|y b]; try discriminate.
    + exists []. split; [reflexivity|]. apply soon_always. reflexivity.
    + injection L as L. destruct (IH a b L) as (w & W & G). destruct (unit_germ d p x y) as (v & V).
      exists (v :: w). split; [simpl; now rewrite W|]. refine (soon_impl K _ _ _ (soon_and K _ _ V G)).
      intros t _ _ [E F]. unfold between in *. simpl. now rewrite E, F.
Qed.

Lemma apply_between A t (a b : list K) : length a = length b -> 0 < scale A ->
  apply A (between t a b) = between t (apply A a) (apply A b).
Proof.
  intros L P. unfold apply, between at 2. induction (weights A) as [|r rs IH]; [reflexivity|]. simpl. rewrite IH. f_equal.
  rewrite at_between by exact L. field. apply inj_neq. lia.
Qed.

Lemma finish_germ t : forall a b : list K, positive_layers t -> length a = length b ->
  exists w, length w = length (finish a t) /\ soon (fun s => finish (between s a b) t = between s (finish a t) w).
Proof.
  induction t as [|(s, A) t IH]; intros a b P L; simpl.
  - exists b. split; [now symmetry|]. apply soon_always. reflexivity.
  - inversion P as [|? ? [_ P2] P3]; subst. simpl in P2.
    destruct (units_germ (common s) (pairs s) a b L) as (v & V & G).
    assert (LV : length (activated s a) = length v) by (unfold activated; now symmetry).
    destruct (IH (apply A (activated s a)) (apply A v) P3) as (w & W & H); [unfold apply; now rewrite !map_length|].
    exists w. split; [exact W|]. refine (soon_impl K _ _ _ (soon_and K _ _ G H)). intros r _ _ [E F].
    unfold activated in *. rewrite E, apply_between by (auto; now symmetry). exact F.
Qed.

Lemma output_germ net (x u : list K) : positive_network net -> length x = length u ->
  exists w, length w = length (output net x) /\ soon (fun t => output net (between t x u) = between t (output net x) w).
Proof.
  intros [P Q] L. unfold output. destruct (finish_germ (snd net) (apply (fst net) x) (apply (fst net) u) Q) as (w & W & G);
    [unfold apply; now rewrite !map_length|].
  exists w. split; [exact W|]. refine (soon_impl K _ _ _ G). intros t _ _ E. now rewrite apply_between.
Qed.

Lemma between_app t (x u y w : list K) : length x = length u ->
  between t x u ++ between t y w = between t (x ++ y) (u ++ w).
Proof.
  unfold between. revert u. induction x as [|a x IH]; intros [|b u] L; try discriminate; [reflexivity|].
  simpl. injection L as L. now rewrite (IH u L).
Qed.

Lemma side_between g s t (v w : K) : (0 < t)%K -> (t <= 1)%K -> within g (fst s) v -> in_side K g s w ->
  in_side K g s ((1 - t) * v + t * w)%K.
Proof.
  intros T T1 [A B] [C D]. split; intros e E.
  - specialize (A e E). specialize (C e E). apply le_sub in A. destruct (fst (snd s)).
    + apply lt_sub in C. apply lt_sub. pose proof (mix_pos K t _ _ T T1 A C) as X.
      match type of X with (0 < ?e)%K => match goal with |- (0 < ?g)%K => replace g with e; [exact X|ring] end end.
    + apply le_sub in C. apply le_sub. pose proof (mix_nn K t _ _ (lt_le K _ _ T) T1 A C) as X.
      match type of X with (0 <= ?e)%K => match goal with |- (0 <= ?g)%K => replace g with e; [exact X|ring] end end.
  - specialize (B e E). specialize (D e E). apply le_sub in B. destruct (snd (snd s)).
    + apply lt_sub in D. apply lt_sub. pose proof (mix_pos K t _ _ T T1 B D) as X.
      match type of X with (0 < ?e)%K => match goal with |- (0 < ?g)%K => replace g with e; [exact X|ring] end end.
    + apply le_sub in D. apply le_sub. pose proof (mix_nn K t _ _ (lt_le K _ _ T) T1 B D) as X.
      match type of X with (0 <= ?e)%K => match goal with |- (0 <= ?g)%K => replace g with e; [exact X|ring] end end.
Qed.

(* Between a point of the set's closure and a point of the set, all points but the first are in the set. *)
Lemma set_between net n s t (x u : list K) : is_set n s = true -> (0 < t)%K -> (t <= 1)%K ->
  length x = n -> Forall2 (fun e v => within (set_grid s) (fst e) v) (set_sides s) x ->
  Forall (weakly (x ++ output net x)) (set_rows s) ->
  in_input_set net n s u -> in_input_set net n s (between t x u).
Proof.
  intros IS T T1 LX BX RX (LU & BU & RU). assert (L : length x = length u) by congruence.
  unfold is_set in IS. rewrite !andb_true_iff in IS. destruct IS as [_ IS].
  assert (AT : forall c (z : list K), In c (set_rows s) -> length z = n ->
    at_ (fst c) (z ++ output net z) = at_ (firstn (S n) (fst c)) z).
  { intros c z I LZ. rewrite forallb_forall in IS. rewrite at_app, LZ, (dot_allzero K _ _ (IS c I)). ring. }
  assert (LB : length (between t x u) = n) by (rewrite between_length; auto).
  split; [exact LB|]. split.
  - clear - BX BU L T T1. unfold between. revert u BU L. induction BX as [|e v es x A B IH]; intros u BU L;
      inversion BU as [|? w ? u' C D]; subst; simpl; constructor.
    + now apply side_between.
    + apply IH; [exact D|now injection L].
  - rewrite Forall_forall in *. intros c I. specialize (RX c I). specialize (RU c I).
    unfold satisfies, weakly in *. rewrite (AT c) in * by auto. rewrite at_between by exact L.
    destruct (snd c); simpl in *.
    + now apply mix_pos.
    + apply mix_nn; auto using lt_le.
    + rewrite RX, RU. ring.
Qed.

Lemma zero_quotient' d : 0 < d -> (0 / inj d)%K = (0 : K)%K.
Proof. intro P. field. apply inj_neq. lia. Qed.

Lemma mixed_less (t c h : K) : ((1 - t) * - c + t * (h - c))%K = ((1 - t) * 0 + t * h - c)%K.
Proof. ring. Qed.

End Meaning.

(* THEOREM (d), for the claim optimum. If the program accepts, each objective less the certificate's maximum
   vanishes at some point of the set and is nowhere positive; or, if the maximum is not attained, it is negative
   on the set and exceeds every negative number. *)
Theorem optimum_proved :
  forall q s objectives ls a b,
  forallb (right_objective q s) objectives = true ->
  property_accepts q (map (objective_set s) objectives) ls a b = true ->
  forall (K : ordered_field) (o : objective), In o objectives ->
    vanishing_supremum K (is_attained o) (in_input_set (about q) (about_inputs q) s)
      (fun x => at_ (excess o) (x ++ output (about q) x)).
Proof.
  intros q s objectives ls a b R H K o I. rewrite forallb_forall in R. specialize (R o I).
  pose proof (property_proved q _ ls a b H K (objective_set s o)) as PP.
  assert (IN : In (objective_set s o) (map (objective_set s) objectives)) by now apply in_map.
  assert (B : forall x : list K, in_input_set (about q) (about_inputs q) s x ->
    if is_attained o then (at_ (excess o) (x ++ output (about q) x) <= 0)%K
    else (at_ (excess o) (x ++ output (about q) x) < 0)%K).
  { intros x X. specialize (PP [(excess o, if is_attained o then Above else AtLeast)] x IN (or_introl eq_refl) X).
    set (v := at_ (excess o) (x ++ output (about q) x)) in *.
    destruct (is_attained o).
    - destruct (le_or_lt K v 0%K) as [G|G]; [exact G|]. destruct PP. constructor; [exact G|constructor].
    - apply not_le_lt. intro G. apply PP. constructor; [exact G|constructor]. }
  pose proof H as Q. unfold property_accepts, property_begin in Q.
  destruct (is_question q (map (objective_set s) objectives)) eqn:IQ; [|discriminate]. clear Q.
  unfold is_question in IQ. rewrite !andb_true_iff in IQ. destruct IQ as [[[_ P] _] IS].
  apply is_network_positive in P. rewrite forallb_forall in IS. specialize (IS _ IN).
  change (is_set (about_inputs q) s = true) in IS.
  assert (LS : length (set_sides s) = about_inputs q).
  { unfold is_set in IS. rewrite !andb_true_iff in IS. destruct IS as [[_ W] _]. now apply Nat.eqb_eq. }
  unfold right_objective in R. rewrite !andb_true_iff in R. destruct R as [[M V] IM]. apply Z.eqb_eq in V.
  assert (X0 : 0 < snd (best_at o)).
  { unfold sees_member, positive_point in M. rewrite !andb_true_iff in M. destruct M as [[[M _] _] _]. now apply Z.ltb_lt. }
  destruct (sees_member_correct K _ _ _ _ _ P LS M) as (LX & BX & RX).
  destruct (with_outputs_correct K (about q) (best_at o) P X0) as [Z0 E0].
  set (x := rational_point K (best_at o)) in *.
  assert (VX : at_ (excess o) (x ++ output (about q) x) = 0%K).
  { rewrite <- E0, at_point by exact Z0. rewrite V. change (inj 0) with (@zero K). now apply zero_quotient'. }
  unfold vanishing_supremum. destruct (is_attained o) eqn:A.
  - split; [exact B|]. exists x. split; [|exact VX]. split; [exact LX|]. split; [exact BX|exact RX].
  - split; [exact B|]. intros c C. simpl in IM.
    destruct (sees_member_correct K _ _ _ _ _ P LS IM) as (LU & BU & RU).
    set (u := rational_point K (inner_at o)) in *. assert (L : length x = length u) by congruence.
    destruct (output_germ K (about q) x u P L) as (w & W & G).
    set (h := at_ (excess o) (u ++ w)).
    assert (S0 : soon (fun t => (0 < (1 - t) * - c + t * (h - c))%K)) by (apply soon_pos; now apply pos_opp).
    destruct (soon_now K _ (soon_and K _ _ G S0)) as (t & T & T1 & E & D).
    exists (between t x u). split; [apply set_between; auto; split; auto|].
    apply lt_sub. rewrite E, between_app by exact L. rewrite at_between by (rewrite !app_length; congruence).
    fold h. rewrite VX.
    match type of D with (0 < ?e)%K => match goal with |- (0 < ?g)%K => replace g with e; [exact D|] end end.
    now apply mixed_less.
Qed.
