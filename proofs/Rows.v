(* Rows of integers, and proofs by rows: points, primitive rows, multipliers.

   A row c :: a stands for the affine function c + a.x; as a vector it is applied to 1 :: x. Vectors of
   different lengths are padded with zeros, so [] is the zero row. *)

From Coq Require Import ZArith List Bool Lia Ring Field.
From ExactReLU Require Import OrderedField.
Import ListNotations.
Open Scope Z_scope.

Definition row := list Z.
Inductive relation := Above | AtLeast | Null.

(* row + m * other *)
Fixpoint axpy (m : Z) (other acc : row) : row :=
  match other, acc with
  | [], _ => acc
  | b :: other', [] => m * b :: axpy m other' []
  | b :: other', a :: acc' => a + m * b :: axpy m other' acc'
  end.

(* sum of coefficients times rows *)
Fixpoint combination (coefficients : list Z) (rows : list row) (acc : row) : row :=
  match coefficients, rows with
  | m :: coefficients', r :: rows' =>
      combination coefficients' rows' (if m =? 0 then acc else axpy m r acc)
  | _, _ => acc
  end.

Definition scaled (m : Z) (r : row) : row :=
  if m =? 0 then [] else if m =? 1 then r else map (Z.mul m) r.

Definition negated (r : row) : row := map Z.opp r.

Fixpoint dotz (r x : list Z) : Z :=
  match r, x with
  | a :: r', b :: x' => a * b + dotz r' x'
  | _, _ => 0
  end.

(* the positive multiple without common divisor *)
Definition content (r : row) : Z := fold_right Z.gcd 0 r.
Definition primitive (r : row) : row :=
  let g := content r in if 1 <? g then map (fun a => a / g) r else r.

Definition allzero (r : row) : bool := forallb (Z.eqb 0) r.

(* a rational point X / d, as integers *)
Definition point := (list Z * Z)%type.

Definition sees_sign (rel : relation) (v : Z) : bool :=
  match rel with Above => 0 <? v | AtLeast => 0 <=? v | Null => 0 =? v end.

Definition constraint := (row * relation)%type.

Definition sees_point (x : point) (rows : list constraint) : bool :=
  forallb (fun c => sees_sign (snd c) (dotz (fst c) (snd x :: fst x))) rows.

(* Multipliers: pairs of a row's number and a multiplier, numbers ascending. The sum of the rows, and if a
   strict one takes part; None where a number or a sign is wrong. [only] allows equations alone. *)
Definition multipliers := list (Z * Z).

Definition fits (only_equations : bool) (rel : relation) (m : Z) : bool :=
  match rel with Null => negb (m =? 0) | _ => (0 <? m) && negb only_equations end.

Fixpoint combined (only : bool) (i : Z) (rows : list constraint) (by_ : multipliers) (acc : row) (strict : bool)
  : option (row * bool) :=
  match by_ with
  | [] => Some (acc, strict)
  | (number, m) :: rest =>
      match rows with
      | [] => None
      | (r, rel) :: rows' =>
          if number =? i then
            if fits only rel m then
              combined only (i + 1) rows' rest (axpy m r acc)
                (strict || match rel with Above => true | _ => false end)
            else None
          else combined only (i + 1) rows' by_ acc strict
      end
  end.

Definition refutes (rows : list constraint) (by_ : multipliers) : bool :=
  match combined false 0 rows by_ [] false with
  | Some (total, strict) =>
      let c := hd 0 total in allzero (tl total) && ((c <? 0) || ((c =? 0) && strict))
  | None => false
  end.

Section Meaning.

Variable K : ordered_field.
Add Field Kfield : (laws K).

Fixpoint dot (r : row) (x : list K) : K :=
  match r, x with
  | a :: r', b :: x' => (inj a * b + dot r' x')%K
  | _, _ => 0%K
  end.

(* the value of a row at a point *)
Definition at_ (r : row) (x : list K) : K := dot r (1%K :: x).

Definition related (rel : relation) (v : K) : Prop :=
  match rel with Above => (0 < v)%K | AtLeast => (0 <= v)%K | Null => v = 0%K end.

Definition satisfies (x : list K) (c : constraint) : Prop := related (snd c) (at_ (fst c) x).

Definition rational_point (x : point) : list K := map (fun z => (inj z / inj (snd x))%K) (fst x).

Lemma dot_nil_r r : dot r [] = 0%K.
Proof. now destruct r. Qed.

Lemma dot_axpy m r acc x : dot (axpy m r acc) x = (dot acc x + inj m * dot r x)%K.
Proof.
  revert acc x; induction r as [|b r IH]; intros acc x; simpl; [ring|].
  destruct acc as [|a acc], x as [|v x]; simpl; try ring; rewrite IH; simpl;
    rewrite ?inj_add, ?inj_mul; ring.
Qed.

Lemma dot_negated r x : dot (negated r) x = (- dot r x)%K.
Proof.
  revert x; induction r as [|a r IH]; intros [|v x]; simpl; try ring.
  rewrite IH, inj_opp. ring.
Qed.

Lemma dot_map_mul m r x : dot (map (Z.mul m) r) x = (inj m * dot r x)%K.
Proof.
  revert x; induction r as [|a r IH]; intros [|v x]; simpl; try ring.
  rewrite IH, inj_mul. ring.
Qed.

Lemma dot_scaled m r x : dot (scaled m r) x = (inj m * dot r x)%K.
Proof.
  unfold scaled. destruct (m =? 0) eqn:E.
  - apply Z.eqb_eq in E. subst m. rewrite inj_0. simpl. ring.
  - destruct (m =? 1) eqn:E1; [|apply dot_map_mul].
    apply Z.eqb_eq in E1. subst m. rewrite inj_1. ring.
Qed.

Lemma dot_allzero r x : allzero r = true -> dot r x = 0%K.
Proof.
  revert x; induction r as [|a r IH]; intros [|v x] H; simpl in *; try ring.
  apply andb_true_iff in H as [E H]. destruct a; try discriminate.
  rewrite IH by exact H. change (inj 0) with (@zero K). ring.
Qed.

Lemma content_divides r : Forall (fun a => (content r | a)) r.
Proof.
  induction r as [|a r IH]; [constructor|]. unfold content in *. simpl. constructor.
  - apply Z.gcd_divide_l.
  - refine (Forall_impl _ _ IH). intros b H.
    exact (Z.divide_trans _ _ _ (Z.gcd_divide_r a (fold_right Z.gcd 0 r)) H).
Qed.

Lemma dot_divided g r x : (0 < g)%Z -> Forall (fun a => (g | a)) r ->
  dot r x = (inj g * dot (map (fun a => (a / g)%Z) r) x)%K.
Proof.
  intros G H. revert x; induction H as [|a r D H IH]; intros [|v x]; simpl; try ring.
  rewrite IH. destruct D as [q ->]. rewrite Z.div_mul by lia. rewrite inj_mul. ring.
Qed.

Lemma primitive_multiple r : exists g, (0 < g)%Z /\ forall x, dot r x = (inj g * dot (primitive r) x)%K.
Proof.
  unfold primitive. destruct (1 <? content r) eqn:E.
  - apply Z.ltb_lt in E. exists (content r). split; [lia|]. intro x.
    apply dot_divided; [lia|apply content_divides].
  - exists 1%Z. split; [lia|]. intro x. rewrite inj_1. ring.
Qed.

Lemma related_scaled rel c v : (0 < c)%K -> related rel (c * v)%K <-> related rel v.
Proof.
  intro P. destruct rel; simpl; split; intro H.
  - exact (pos_cancel K _ _ P H).
  - now apply pos_mul.
  - exact (nn_cancel K _ _ P H).
  - apply nn_mul; [now apply lt_le|exact H].
  - destruct (zero_mul K _ _ H) as [E|E]; [now apply pos_neq in P|exact E].
  - subst v. ring.
Qed.

Lemma related_primitive rel r x : related rel (at_ (primitive r) x) <-> related rel (at_ r x).
Proof.
  destruct (primitive_multiple r) as (g & P & H). unfold at_. rewrite (H (1%K :: x)).
  symmetry. apply related_scaled, inj_pos, P.
Qed.

Lemma dot_point r X d : (0 < d)%Z ->
  dot r (map (fun z => (inj z / inj d)%K) X) = (inj (dotz r X) / inj d)%K.
Proof.
  intro P. assert (N : @inj K d <> 0%K) by (apply inj_neq; lia).
  revert X; induction r as [|a r IH]; intros [|b X]; simpl;
    rewrite ?inj_0; try (field; exact N).
  rewrite IH, inj_add, inj_mul. field. exact N.
Qed.

Lemma at_point r x : (0 < snd x)%Z ->
  at_ r (rational_point x) = (inj (dotz r (snd x :: fst x)) / inj (snd x))%K.
Proof.
  intro P. unfold at_, rational_point. assert (N : @inj K (snd x) <> 0%K) by (apply inj_neq; lia).
  rewrite <- dot_point by exact P. simpl. do 2 f_equal. field. exact N.
Qed.

Lemma related_sign rel v : sees_sign rel v = true -> @related rel (inj v).
Proof.
  destruct rel; simpl; intro H.
  - apply Z.ltb_lt in H. now apply inj_pos.
  - apply Z.leb_le in H. now apply inj_nn.
  - destruct v; try discriminate. reflexivity.
Qed.

Lemma sees_point_sound x rows : (0 < snd x)%Z -> sees_point x rows = true ->
  Forall (satisfies (rational_point x)) rows.
Proof.
  intros P H. apply Forall_forall. intros c I. unfold sees_point in H.
  rewrite forallb_forall in H. specialize (H c I). unfold satisfies. rewrite at_point by exact P.
  set (v := dotz (fst c) (snd x :: fst x)) in *.
  replace (@inj K v / inj (snd x))%K with (1 / @inj K (snd x) * inj v)%K by (field; apply inj_neq; lia).
  apply related_scaled; [apply pos_inv, inj_pos, P|now apply related_sign].
Qed.

(* What a sum of rows says at a point where all rows hold. [weakly] forgets strictness. *)
Definition weakly (x : list K) (c : constraint) : Prop :=
  match snd c with Null => at_ (fst c) x = 0%K | _ => (0 <= at_ (fst c) x)%K end.

Lemma satisfies_weakly x c : satisfies x c -> weakly x c.
Proof. destruct c as [r []]; unfold satisfies, weakly; simpl; auto using lt_le. Qed.

Lemma combined_value only i rows by_ acc strict total strict' x :
  combined only i rows by_ acc strict = Some (total, strict') ->
  Forall (weakly x) rows ->
  (at_ acc x <= at_ total x)%K.
Proof.
  revert i by_ acc strict. induction rows as [|(r, rel) rows IH]; intros i by_ acc strict H A.
  - destruct by_ as [|(n, m) by_]; [injection H as -> ->; apply le_refl|discriminate].
  - destruct by_ as [|(n, m) by_]; [injection H as -> ->; apply le_refl|].
    simpl in H. inversion A as [|? ? W A']; subst. destruct (n =? i).
    + destruct (fits only rel m) eqn:F; [|discriminate].
      apply IH in H; [|exact A']. refine (le_trans K _ _ _ _ H).
      apply le_sub. unfold at_. rewrite dot_axpy.
      replace (_ - _)%K with (inj m * at_ r x)%K by (unfold at_; ring).
      unfold weakly in W; simpl in W. destruct rel; simpl in F.
      * apply andb_true_iff in F as [F _]. apply Z.ltb_lt in F. apply nn_mul; [apply inj_nn; lia|exact W].
      * apply andb_true_iff in F as [F _]. apply Z.ltb_lt in F. apply nn_mul; [apply inj_nn; lia|exact W].
      * rewrite W. replace (inj m * 0)%K with (@zero K) by ring. apply le_refl.
    + exact (IH _ _ _ _ H A').
Qed.

(* A strict row in the sum, that is positive at x, makes the sum larger. *)
Lemma combined_strict only i rows by_ acc strict total x :
  combined only i rows by_ acc strict = Some (total, true) -> strict = false ->
  Forall (weakly x) rows ->
  exists r, In (r, Above) rows /\
    forall y, Forall (weakly y) rows -> (0 < at_ r y)%K -> (at_ acc y < at_ total y)%K.
Proof.
  revert i by_ acc strict. induction rows as [|(r, rel) rows IH]; intros i by_ acc strict H S A.
  - destruct by_ as [|(n, m) by_]; [injection H as -> ->; discriminate|discriminate].
  - destruct by_ as [|(n, m) by_]; [injection H as -> ->; discriminate|].
    simpl in H. inversion A as [|? ? W A']; subst. destruct (n =? i).
    + destruct (fits only rel m) eqn:F; [|discriminate].
      destruct rel; simpl in *.
      * exists r. split; [now left|]. intros y Y P. inversion Y as [|? ? _ Y']; subst.
        refine (lt_le_trans K _ _ _ _ (combined_value _ _ _ _ _ _ _ _ y H Y')).
        apply lt_sub. unfold at_. rewrite dot_axpy.
        replace (_ - _)%K with (inj m * at_ r y)%K by (unfold at_; ring).
        apply andb_true_iff in F as [F _]. apply Z.ltb_lt in F. apply pos_mul; [now apply inj_pos|exact P].
      * destruct (IH _ _ _ _ H eq_refl A') as (s & I & G). exists s. split; [now right|].
        intros y Y P. inversion Y as [|? ? Wy Y']; subst. refine (le_lt_trans K _ _ _ _ (G y Y' P)).
        apply le_sub. unfold at_. rewrite dot_axpy.
        replace (_ - _)%K with (inj m * at_ r y)%K by (unfold at_; ring).
        apply andb_true_iff in F as [F _]. apply Z.ltb_lt in F. apply nn_mul; [apply inj_nn; lia|exact Wy].
      * destruct (IH _ _ _ _ H eq_refl A') as (s & I & G). exists s. split; [now right|].
        intros y Y P. inversion Y as [|? ? Wy Y']; subst. refine (le_lt_trans K _ _ _ _ (G y Y' P)).
        apply le_sub. unfold at_. rewrite dot_axpy. unfold weakly in Wy; simpl in Wy. unfold at_ in Wy.
        rewrite Wy. replace (_ - _)%K with (@zero K) by ring. apply le_refl.
    + destruct (IH _ _ _ _ H eq_refl A') as (s & I & G). exists s. split; [now right|].
      intros y Y P. inversion Y; subst. now apply G.
Qed.

(* Multipliers that refute: no set of points satisfies all rows weakly, each strict one strictly somewhere.
   With one point, this is the usual statement: the rows have no common solution. *)
Lemma refutes_sound rows by_ (C : list K -> Prop) :
  refutes rows by_ = true -> (exists x, C x) ->
  (forall x, C x -> Forall (weakly x) rows) ->
  (forall r, In (r, Above) rows -> exists x, C x /\ (0 < at_ r x)%K) -> False.
Proof.
  unfold refutes. intros H (x & X) W S. destruct combined as [(total, strict)|] eqn:E; [|discriminate].
  apply andb_true_iff in H as [Z H]. apply orb_true_iff in H.
  assert (V : forall y : list K, at_ total y = inj (hd 0%Z total)).
  { intro y. destruct total as [|c a]; [reflexivity|]. unfold at_. simpl in *.
    rewrite dot_allzero by exact Z. ring. }
  revert V H. generalize (hd 0%Z total). intros c V H.
  assert (O : forall y, at_ [] y = (0 : K)%K) by reflexivity.
  destruct H as [H|H].
  - apply Z.ltb_lt in H. apply combined_value with (x := x) in E; [|now apply W].
    rewrite V, O in E. refine (lt_not_le K _ _ _ E). apply pos_opp. rewrite <- inj_opp. apply inj_pos. lia.
  - apply andb_true_iff in H as [H1 ->]. apply Z.eqb_eq in H1. subst c.
    destruct (combined_strict _ _ _ _ _ _ _ x E eq_refl (W x X)) as (r & I & G).
    destruct (S r I) as (y & Y & P). specialize (G y (W y Y) P). rewrite V, O, inj_0 in G.
    exact (lt_neq K _ _ G eq_refl).
Qed.

Lemma refutes_point rows by_ x : refutes rows by_ = true -> Forall (satisfies x) rows -> False.
Proof.
  intros H S. apply (refutes_sound rows by_ (fun y => y = x) H); [now exists x| |].
  - intros y ->. exact (Forall_impl _ (satisfies_weakly x) S).
  - intros r I. exists x. split; [reflexivity|]. rewrite Forall_forall in S. exact (S _ I).
Qed.

(* With equations alone the sum vanishes where they do. *)
Lemma combined_equations i rows by_ acc strict total strict' x :
  combined true i rows by_ acc strict = Some (total, strict') ->
  (forall r, In (r, Null) rows -> at_ r x = 0%K) -> at_ total x = at_ acc x.
Proof.
  revert i by_ acc strict. induction rows as [|(r, rel) rows IH]; intros i by_ acc strict H A.
  - destruct by_ as [|(n, m) by_]; [now injection H as -> ->|discriminate].
  - destruct by_ as [|(n, m) by_]; [now injection H as -> ->|]. simpl in H. destruct (n =? i).
    + destruct (fits true rel m) eqn:F; [|discriminate].
      destruct rel; simpl in F; rewrite ?andb_false_r in F; try discriminate.
      rewrite (IH _ _ _ _ H) by (intros; apply A; now right). unfold at_. rewrite dot_axpy.
      specialize (A r (or_introl eq_refl)). unfold at_ in A. rewrite A. ring.
    + apply (IH _ _ _ _ H). intros; apply A; now right.
Qed.

End Meaning.

Arguments dot {K}. Arguments at_ {K}. Arguments related {K}. Arguments satisfies {K}. Arguments weakly {K}.
