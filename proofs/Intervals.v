(* A segment that is covered by finitely many closed cells, each cut out by affine inequalities: a distance that
   grows at most C times as fast as the parameter within each cell does so on the whole segment. *)

From Coq Require Import List Bool Lia Ring Field.
From ExactReLU Require Import OrderedField.
Import ListNotations.
Open Scope K_scope.

Section Intervals.

Variable K : ordered_field.
Add Field Kfield11 : (laws K).

(* Affine functions a + t b of the parameter; a cell is where all of them are at least 0. *)
Definition line_value (g : K * K) (t : K) : K := fst g + t * snd g.
Definition on_cell (cell : list (K * K)) (t : K) : Prop := Forall (fun g => 0 <= line_value g t) cell.

Lemma on_cell_dec cell t : on_cell cell t \/ exists g, In g cell /\ line_value g t < 0.
Proof.
  induction cell as [|g cell IH]; [left; constructor|].
  destruct (le_or_lt K 0 (line_value g t)) as [H|H]; [|right; exists g; split; [now left|exact H]].
  destruct IH as [IH|(e & I & E)]; [left; now constructor|right; exists e; split; [now right|exact E]].
Qed.

Lemma line_mix g (a c t : K) : (c - a) * line_value g t = (c - t) * line_value g a + (t - a) * line_value g c.
Proof. unfold line_value. ring. Qed.

Lemma line_between g (a c t : K) : a <= t -> t <= c -> 0 <= line_value g a -> 0 <= line_value g c ->
  0 <= line_value g t.
Proof.
  intros A C GA GC. destruct (le_or_lt K c a) as [H|H].
  - replace t with a; [exact GA|]. apply le_antisym; [exact A|exact (le_trans K _ _ _ C H)].
  - apply (nn_cancel K (c - a)); [now apply lt_sub|]. rewrite line_mix.
    apply nn_add; apply nn_mul; auto; now apply le_sub.
Qed.

(* The last point of a cell, seen from one of its points. *)
Lemma last_point cell (a b : K) : a <= b -> on_cell cell a ->
  exists c, a <= c /\ c <= b /\ on_cell cell c /\ (c = b \/ forall t, c < t -> t <= b -> ~ on_cell cell t).
Proof.
  intros AB. induction cell as [|g cell IH]; intro A.
  - exists b. repeat split; auto using le_refl. constructor.
  - inversion A as [|? ? GA A']; subst. destruct (IH A') as (c & AC & CB & C & L).
    destruct (le_or_lt K 0 (line_value g c)) as [G|G].
    + exists c. repeat split; auto; [now constructor|]. destruct L as [L|L]; [now left|right].
      intros t T TB H. inversion H; subst. exact (L t T TB H3).
    + (* g(a) >= 0 > g(c): the zero of g lies between *)
      assert (GC : 0 < - line_value g c) by now apply pos_opp.
      assert (S : 0 < line_value g a - line_value g c).
      { replace (line_value g a - line_value g c) with (line_value g a + - line_value g c) by ring.
        now apply nn_pos_add. }
      assert (N := pos_neq K _ S). set (s := 1 / (line_value g a - line_value g c)).
      assert (SP : 0 < s) by now apply pos_inv.
      set (z := a + (c - a) * (line_value g a * s)).
      assert (ZA : a <= z).
      { apply le_sub. unfold z. replace (a + (c - a) * (line_value g a * s) - a) with ((c - a) * (line_value g a * s)) by ring.
        apply nn_mul; [now apply le_sub|]. apply nn_mul; auto using lt_le. }
      assert (ZC : z <= c).
      { apply le_sub. replace (c - z) with ((c - a) * (- line_value g c * s)) by (unfold z, s; field; exact N).
        apply nn_mul; [now apply le_sub|]. apply nn_mul; auto using lt_le. }
      assert (GZ : line_value g z = 0).
      { replace (line_value g z) with (line_value g a + (c - a) * snd g * (line_value g a * s)) by (unfold z, line_value; ring).
        replace ((c - a) * snd g) with (- (line_value g a - line_value g c)) by (unfold line_value; ring).
        unfold s. field. exact N. }
      exists z. split; [exact ZA|]. split; [exact (le_trans K _ _ _ ZC CB)|]. split.
      * constructor; [rewrite GZ; apply le_refl|]. apply Forall_forall. intros e I.
        unfold on_cell in A', C. rewrite Forall_forall in A', C. apply (line_between e a c z); auto.
      * right. intros t T TB H. inversion H as [|? ? GT _]; subst.
        (* between z and t the value at c, or at t, is not negative *)
        destruct (le_or_lt K c t) as [CT|CT].
        -- apply (lt_not_le K _ _ G). apply (line_between g z t c); auto. rewrite GZ. apply le_refl.
        -- (* z < t < c: (c - z) g(t) = (t - z) g(c) < 0 *)
           pose proof (line_mix g z c t) as M. rewrite GZ in M.
           assert (B : 0 < (c - z) * - line_value g t).
           { replace ((c - z) * - line_value g t) with (- ((c - z) * line_value g t)) by ring. rewrite M.
             replace (- ((c - t) * 0 + (t - z) * line_value g c)) with ((t - z) * - line_value g c) by ring.
             apply pos_mul; [now apply lt_sub|exact GC]. }
           assert (Q : 0 < c - z) by (apply lt_sub; exact (le_lt_trans K _ _ _ (lt_le K _ _ T) CT)).
           apply (pos_cancel K _ _ Q) in B. apply pos_opp in B. exact (lt_not_le K _ _ B GT).
Qed.

(* After a point outside of a cell there is a gap. *)
Lemma gap cell (c : K) : ~ on_cell cell c -> exists e, c < e /\ forall t, c < t -> t < e -> ~ on_cell cell t.
Proof.
  intro N. destruct (on_cell_dec cell c) as [H|(g & I & G)]; [contradiction|].
  assert (W : forall t, line_value g t < 0 -> ~ on_cell cell t).
  { intros t L H. unfold on_cell in H. rewrite Forall_forall in H. exact (lt_not_le K _ _ L (H g I)). }
  destruct (le_or_lt K (snd g) 0) as [B|B].
  - exists (c + 1). split; [apply lt_sub; replace (c + 1 - c) with (1 : K) by ring; apply one_pos|].
    intros t T _. apply W. apply pos_opp. apply pos_opp in G.
    replace (- line_value g t) with (- line_value g c + (t - c) * - snd g) by (unfold line_value; ring).
    apply pos_nn_add; [exact G|]. apply nn_mul; [apply le_sub; now apply lt_le|now apply nn_opp].
  - assert (NB := pos_neq K _ B). exists (c + - line_value g c / snd g). apply pos_opp in G. split.
    + apply lt_sub. replace (c + - line_value g c / snd g - c) with (- line_value g c * (1 / snd g)) by (field; exact NB).
      apply pos_mul; [exact G|now apply pos_inv].
    + intros t T E. apply W. apply pos_opp. apply lt_sub in E.
      replace (- line_value g t) with (snd g * (c + - line_value g c / snd g - t)) by (unfold line_value; field; exact NB).
      now apply pos_mul.
Qed.

Lemma gap_all cells (c : K) : (forall cell, In cell cells -> ~ on_cell cell c) ->
  exists e, c < e /\ forall t, c < t -> t < e -> forall cell, In cell cells -> ~ on_cell cell t.
Proof.
  induction cells as [|cell cells IH]; intro H.
  - exists (c + 1). split; [apply lt_sub; replace (c + 1 - c) with (1 : K) by ring; apply one_pos|].
    intros t _ _ cell [].
  - destruct IH as (e & E & G); [intros x I; apply H; now right|].
    destruct (gap cell c) as (e' & E' & G'); [apply H; now left|].
    destruct (le_or_lt K e e') as [L|L]; [exists e|exists e']; (split; [assumption|]); intros t T TE x [<-|I].
    + apply G'; auto. exact (lt_le_trans K _ _ _ TE L).
    + now apply (G t).
    + now apply G'.
    + apply (G t); auto. exact (lt_le_trans K _ _ _ TE (lt_le K _ _ L)).
Qed.

Lemma middle (a b : K) : a < b -> exists t, a < t /\ t < b.
Proof.
  intro H. assert (P : 0 < (1 : K) + 1) by (apply pos_nn_add; [apply one_pos|apply lt_le, one_pos]).
  assert (N := pos_neq K _ P). exists ((a + b) / (1 + 1)). apply lt_sub in H.
  split; apply lt_sub; [replace ((a + b) / (1 + 1) - a) with ((b - a) * (1 / (1 + 1))) by (field; exact N)
    |replace (b - (a + b) / (1 + 1)) with ((b - a) * (1 / (1 + 1))) by (field; exact N)];
    (apply pos_mul; [exact H|now apply pos_inv]).
Qed.

Lemma covered_segment (d : K -> K -> K) (C : K) :
  (forall s t u, d s u <= d s t + d t u) ->
  forall n cells (a b : K), (length cells <= n)%nat -> a <= b ->
  (forall t, a <= t -> t <= b -> exists cell, In cell cells /\ on_cell cell t) ->
  (forall cell s t, In cell cells -> a <= s -> s <= t -> t <= b -> on_cell cell s -> on_cell cell t ->
     d s t <= C * (t - s)) ->
  d a b <= C * (b - a).
Proof.
  intro TRI. induction n as [|n IH]; intros cells a b LEN AB COV SLOPE.
  { destruct (COV a (le_refl K a) AB) as (cell & I & _). destruct cells; [destruct I|simpl in LEN; lia]. }
  destruct (COV a (le_refl K a) AB) as (cell & I & A).
  destruct (last_point cell a b AB A) as (c & AC & CB & HC & L).
  pose proof (SLOPE cell a c I (le_refl K a) AC CB A HC) as D1.
  destruct (le_or_lt K b c) as [BC|BC].
  { replace b with c by (apply le_antisym; assumption). exact D1. }
  destruct L as [->|L]; [exact D1|].
  destruct (in_split _ _ I) as (l1 & l2 & E).
  assert (OTHERS : forall x, In x cells -> x = cell \/ In x (l1 ++ l2)).
  { intros x J. rewrite E in J. apply in_app_or in J as [J|[J|J]]; [right|left|right]; auto; apply in_or_app; auto. }
  assert (SUB : forall x, In x (l1 ++ l2) -> In x cells).
  { intros x J. rewrite E. apply in_app_or in J as [J|J]; apply in_or_app; [now left|right; now right]. }
  assert (D2 : d c b <= C * (b - c)).
  { apply (IH (l1 ++ l2)); auto.
    - rewrite E, app_length in LEN. simpl in LEN. rewrite app_length. lia.
    - intros t T TB. destruct (le_or_lt K t c) as [TC|TC].
      + replace t with c by (apply le_antisym; assumption).
        assert (X : (exists x, In x (l1 ++ l2) /\ on_cell x c) \/ forall x, In x (l1 ++ l2) -> ~ on_cell x c).
        { clear. induction (l1 ++ l2) as [|x l J]; [right; intros y []|].
          destruct (on_cell_dec x c) as [H|(g & G1 & G2)]; [left; exists x; split; [now left|exact H]|].
          destruct J as [(y & J & H)|J]; [left; exists y; split; [now right|exact H]|right].
          intros y [<-|M] H; [|exact (J y M H)]. unfold on_cell in H. rewrite Forall_forall in H.
          exact (lt_not_le K _ _ G2 (H g G1)). }
        destruct X as [X|X]; [exact X|exfalso].
        destruct (gap_all _ _ X) as (e & E1 & E2).
        destruct (middle c (if leb K e b then e else b)) as (u & U1 & U2);
          [destruct (leb K e b); assumption|].
        assert (UE : u < e /\ u <= b).
        { destruct (leb K e b) eqn:LE; split; auto using lt_le.
          - exact (le_trans K _ _ _ (lt_le K _ _ U2) LE).
          - apply (lt_le_trans K _ b); auto. apply lt_le. exact LE. }
        destruct (COV u) as (x & J & H); [|tauto|].
        { exact (le_trans K _ _ _ AC (lt_le K _ _ U1)). }
        destruct (OTHERS x J) as [->|M]; [exact (L u U1 (proj2 UE) H)|exact (E2 u U1 (proj1 UE) x M H)].
      + destruct (COV t (le_trans K _ _ _ AC T) TB) as (x & J & H). exists x. split; [|exact H].
        destruct (OTHERS x J) as [->|M]; [|exact M]. destruct (L t TC TB H).
    - intros x s t J CS ST TB. apply SLOPE; auto. exact (le_trans K _ _ _ AC CS). }
  refine (le_trans K _ _ _ (TRI a c b) _). replace (C * (b - a)) with (C * (c - a) + C * (b - c)) by ring.
  now apply add_le.
Qed.

End Intervals.
