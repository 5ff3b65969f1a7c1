(* What an accepted property tree proves. *)

From Coq Require Import ZArith List Bool Lia Ring Field.
From ExactReLU Require Import OrderedField Rows Networks CaseTree Certificate Segments FullTree Lipschitz.
From ExactReLU Require Import Relaxations PropertyNodes PropertyTree.
Import ListNotations.
Open Scope Z_scope.

Section Meaning.

Variable K : ordered_field.
Add Field Kfield17 : (laws K).

(* Box and rows. *)
Definition in_input_set (net : network) (n : nat) (s : input_set) (x : list K) : Prop :=
  length x = n /\ Forall2 (in_side K (set_grid s)) (set_sides s) x /\
  Forall (satisfies (x ++ output net x)) (set_rows s).

Lemma hidden_finish t : forall A (v : list K),
  finish (apply A v) t = apply (snd (hidden_from A t))
    (fold_left (fun v l => activated (snd l) (apply (fst l) v)) (fst (hidden_from A t)) v).
Proof.
  induction t as [|(s, B) t IH]; intros A v; [reflexivity|]. simpl. rewrite IH.
  destruct (hidden_from B t) as [h o]. reflexivity.
Qed.

Lemma values_of_shape ls (x : list K) :
  level_values ls x = fold_right (fun l v => activated (snd l) (apply (fst l) v)) x (shape ls).
Proof. induction ls as [|l ls IH]; [reflexivity|]. simpl. now rewrite IH. Qed.

Lemma root_shape net : shape (root_levels net) = rev (hidden_layers net).
Proof.
  unfold shape, root_levels. rewrite map_rev, map_map. f_equal. rewrite <- (map_id (hidden_layers net)) at 2.
  apply map_ext. now intros [A s].
Qed.

Lemma output_by_levels net ls (x : list K) : shape ls = rev (hidden_layers net) ->
  output net x = apply (last_map net) (level_values ls x).
Proof.
  intro E. rewrite values_of_shape, E, fold_left_rev_right. unfold output, last_map, hidden_layers.
  apply hidden_finish.
Qed.

Lemma dot_app_split r (x y : list K) :
  dot r (x ++ y) = (dot (firstn (length x) r) x + dot (skipn (length x) r) y)%K.
Proof.
  revert r. induction x as [|a x IH]; intro r; simpl; [ring|].
  destruct r as [|b r]; simpl; [rewrite dot_nil_l || idtac; ring|]. rewrite IH. ring.
Qed.

Lemma at_app r (x y : list K) :
  at_ r (x ++ y) = (at_ (firstn (S (length x)) r) x + dot (skipn (S (length x)) r) y)%K.
Proof. unfold at_. exact (dot_app_split r (1%K :: x) y). Qed.

Lemma positive_levels net : positive_network net ->
  Forall (fun l => 0 < scale (fst l) /\ 0 < common (snd l)) (hidden_layers net) /\ 0 < scale (last_map net).
Proof.
  intros [P Q]. unfold hidden_layers, last_map. revert P Q. generalize (fst net) (snd net).
  intros A t. revert A. induction t as [|(s, B) t IH]; intros A P Q; simpl; [split; [constructor|exact P]|].
  inversion Q as [|? ? [Q1 Q2] Q3]; subst. simpl in *. destruct (IH B Q2 Q3) as [I1 I2].
  destruct (hidden_from B t) as [h o]. simpl in *. split; [constructor; auto|exact I2].
Qed.

Lemma root_known net sc (x : list K) : positive_network net -> known_at sc (root_levels net) x.
Proof.
  intro P. destruct (positive_levels net P) as [F _]. unfold root_levels. rewrite <- (rev_involutive (map _ _)).
  rewrite <- map_rev, rev_involutive. apply Forall_rev in F. rewrite map_rev.
  rewrite <- map_rev. induction F as [|l ls [F1 F2] F IH]; simpl; [exact I|]. repeat split; auto.
  unfold apply. clear. induction (weights (fst l)); simpl; constructor; auto. split; intros ? E; discriminate.
Qed.

Lemma root_inside q s (x : list K) : positive_network (about q) -> 0 < set_grid s ->
  in_input_set (about q) (about_inputs q) s x ->
  inside K (about_scale q) (rev (hidden_layers (about q))) (root_node (about q) s) x.
Proof.
  intros P G (L & B & _). constructor; simpl; auto.
  - apply root_shape.
  - now apply root_known.
Qed.

(* x is a point of a set that satisfies an alternative. *)
Definition unsafe (q : question) (s : input_set) (d : list constraint) (x : list K) : Prop :=
  in_input_set (about q) (about_inputs q) s x /\ Forall (satisfies (x ++ output (about q) x)) d.

Lemma unsafe_rows q s d (x : list K) : unsafe q s d x -> Forall (satisfies (x ++ output (about q) x)) (set_rows s ++ d).
Proof. intros [(_ & _ & R) D]. apply Forall_app. now split. Qed.

Lemma combined_form_correct q over_ rows_ nd by_ form strict_ (x : list K) :
  positive_network (about q) -> 0 < about_scale q -> 0 < over_ -> length x = about_inputs q ->
  inside K (about_scale q) (rev (hidden_layers (about q))) nd x ->
  Forall (satisfies (x ++ output (about q) x)) rows_ ->
  combined_form q over_ rows_ nd by_ = Some (form, strict_) ->
  exists target : K, says (about_scale q) target x form /\ (target <= 0)%K /\ (strict_ = true -> (target < 0)%K).
Proof.
  intros P SC O LX I R H. unfold combined_form in H. destruct by_ as [[d ms] fl]. cbn [fst snd] in H.
  destruct ms as [|m0 ms0] eqn:MS; [discriminate|]. rewrite <- MS in *. clear MS.
  destruct (combined false 0 rows_ ms [] false) as [(total, st)|] eqn:C; [|discriminate].
  destruct (0 <? d) eqn:D; [|discriminate]. apply Z.ltb_lt in D.
  set (out := last_map (about q)) in *. set (v := level_values (levels nd) x).
  assert (OUT : 0 < scale out) by (apply (positive_levels _ P)).
  set (n := about_inputs q) in *. set (X := firstn (S n) total) in *. set (Y := skipn (S n) total) in *.
  set (h := axpy (scale out) [hd 0 X] (combination Y (weights out) [])) in *.
  destruct (pulled_back _ _ _ _ _) as [((ns, e), c)|] eqn:PB; [|discriminate]. injection H as <- <-.
  set (y := output (about q) x). assert (EY : y = apply out v).
  { unfold y, v, out. apply output_by_levels. apply I. }
  assert (AT : at_ total (x ++ y) = (at_ X x + dot Y y)%K).
  { unfold X, Y. rewrite <- LX. apply at_app. }
  set (DM := over_ * d) in *. assert (DM0 : 0 < DM) by (unfold DM; nia).
  assert (ND : @inj K DM <> 0%K) by (apply inj_neq; lia). assert (NO : @inj K (scale out) <> 0%K) by (apply inj_neq; lia).
  assert (H1 : at_ h v = (inj (scale out) * (inj (hd 0%Z X) + dot Y y))%K).
  { unfold h, at_. rewrite dot_axpy. fold (at_ (combination Y (weights out) []) v).
    rewrite <- dot_applied by exact OUT. rewrite <- EY. simpl (dot [hd 0%Z X] _). ring. }
  set (T1 := (- ((inj (hd 0%Z X) + dot Y y) / inj DM))%K).
  assert (S1 : says (about_scale q) T1 x (ns, e, c)).
  { refine (pulled_back_correct K (about_scale q) (levels nd) fl _ _ x T1 _ SC _ (inside_known _ _ _ _ _ I) _ PB); [nia|].
    fold v. rewrite at_map_mul, H1. apply le_sub. rewrite inj_opp, inj_mul.
    match goal with |- (0 <= ?g)%K => replace g with (0 : K)%K by (unfold T1; field; exact ND) end. apply le_refl. }
  exists (- (at_ total (x ++ y) / inj DM))%K. split; [|].
  - destruct S1 as [E0 S1]. split; [nia|]. rewrite dot_axpy, dot_map_mul, inj_opp, !inj_mul.
    apply le_sub. apply le_sub in S1. pose proof (nn_mul K _ _ (inj_nn K DM ltac:(lia)) S1) as Z.
    rewrite AT, (at_parts K X x).
    match type of Z with (0 <= ?e)%K => match goal with |- (0 <= ?g)%K => replace g with e; [exact Z|] end end.
    unfold T1. field. exact ND.
  - fold y in R. pose proof (Forall_impl _ (satisfies_weakly K (x ++ y)) R) as W.
    pose proof (combined_value K _ _ _ _ _ _ _ _ _ C W) as V.
    replace (at_ [] (x ++ y)) with (0 : K)%K in V by reflexivity.
    assert (Q : (- (at_ total (x ++ y) / inj DM) = - (1 / inj DM * at_ total (x ++ y)) :> K)%K) by (field; exact ND).
    rewrite Q. pose proof (pos_inv K _ (inj_pos K DM DM0)) as PI. split.
    + apply nn_opp. replace (- - (1 / inj DM * at_ total (x ++ y)))%K with (1 / inj DM * at_ total (x ++ y))%K by ring.
      apply nn_mul; [now apply lt_le|exact V].
    + intros ->. destruct (combined_strict K _ _ _ _ _ _ _ (x ++ y) C eq_refl W) as (r & J & G).
      rewrite Forall_forall in R. specialize (G (x ++ y) W (R _ J)).
      replace (at_ [] (x ++ y)) with (0 : K)%K in G by reflexivity.
      apply pos_opp. replace (- - (1 / inj DM * at_ total (x ++ y)))%K with (1 / inj DM * at_ total (x ++ y))%K by ring.
      now apply pos_mul.
Qed.

(* Linear leaves: all rows hold at an unsafe point of the node. *)
Lemma at_unit_row i c a (x : list K) v : nth_error x i = Some v -> at_ (unit_row i c a) x = (inj c + inj a * v)%K.
Proof.
  intro N. unfold unit_row, at_. simpl. assert (D : dot (repeat 0 i ++ [a]) x = (inj a * v)%K).
  { revert x N. induction i as [|i IH]; intros [|b x] N; try discriminate; simpl in *.
    - injection N as ->. rewrite dot_nil_l' || idtac. destruct x; simpl; ring.
    - rewrite (IH x N). change (inj 0) with (@zero K). ring. }
  rewrite D. ring.
Qed.

Lemma side_rows_hold g ss : forall i (x z : list K), 0 < g -> Forall2 (in_side K g) ss z ->
  (forall k v, nth_error z k = Some v -> nth_error x (i + k) = Some v) -> Forall (satisfies x) (side_rows g i ss).
Proof.
  induction ss as [|s ss IH]; intros i x z G F N; inversion F as [|? v ? z' F1 F2]; subst; simpl; [constructor|].
  assert (V : nth_error x i = Some v) by (rewrite <- (Nat.add_0_r i); now apply N).
  destruct F1 as [L H]. rewrite !Forall_app. split; [|split].
  - destruct (fst (fst s)) as [l|]; [|constructor]. constructor; [|constructor]. specialize (L l eq_refl).
    unfold satisfies. cbn [fst snd]. rewrite related_primitive, (at_unit_row _ _ _ _ _ V), inj_opp.
    replace (- inj l + inj g * v)%K with (inj g * v - inj l)%K by ring.
    destruct (fst (snd s)); simpl; [now apply lt_sub|now apply le_sub].
  - destruct (snd (fst s)) as [h|]; [|constructor]. constructor; [|constructor]. specialize (H h eq_refl).
    unfold satisfies. cbn [fst snd]. rewrite related_primitive, (at_unit_row _ _ _ _ _ V), inj_opp.
    replace (inj h + - inj g * v)%K with (inj h - inj g * v)%K by ring.
    destruct (snd (snd s)); simpl; [now apply lt_sub|now apply le_sub].
  - apply (IH (S i) x z' G F2). intros k w W. replace (S i + k)%nat with (i + S k)%nat by lia. now apply N.
Qed.

(* Rows over a denominator that are the values v at x. *)
Definition are_rows (x : list K) (r : list row * Z) (v : list K) : Prop :=
  0 < snd r /\ map (fun a => at_ a x) (fst r) = map (mul (inj (snd r))) v.

Lemma identity_rows (x : list K) : are_rows x (identity (length x), 1) x.
Proof.
  split; [reflexivity|]. simpl. change (inj 1) with (@one K).
  assert (G : forall i (z : list K), (forall k v, nth_error z k = Some v -> nth_error x (i + k) = Some v) ->
    map (fun a => at_ a x) (map (fun i => unit_row i 0 1) (seq i (length z))) = map (mul 1%K) z).
  { intros i z. revert i. induction z as [|v z IH]; intros i N; [reflexivity|]. simpl. f_equal.
    - rewrite (at_unit_row i 0 1 x v); [change (inj 0) with (@zero K); change (inj 1) with (@one K); ring|].
      rewrite <- (Nat.add_0_r i). now apply N.
    - apply IH. intros k w W. replace (S i + k)%nat with (i + S k)%nat by lia. now apply N. }
  apply (G 0%nat x). auto.
Qed.

Lemma row_of_values (x : list K) vs v w : are_rows x vs v ->
  at_ (combination w ([snd vs] :: fst vs) []) x = (inj (snd vs) * at_ w v)%K.
Proof.
  intros [P E]. rewrite at_combination. replace (at_ [] x) with (0 : K)%K by reflexivity. simpl map. rewrite E.
  replace (at_ [snd vs] x) with (inj (snd vs) * 1 : K)%K by (unfold at_; simpl; destruct x; ring).
  change ((inj (snd vs) * 1)%K :: map (mul (inj (snd vs))) v) with (map (mul (inj (snd vs))) (1%K :: v)).
  rewrite dot_map_scaled. unfold at_. ring.
Qed.

Lemma applied_rows_correct (x : list K) A vs v : 0 < scale A -> are_rows x vs v ->
  are_rows x (applied_rows A vs, snd vs * scale A) (apply A v).
Proof.
  intros P R. split; [destruct R; simpl; nia|]. simpl. unfold applied_rows, apply. rewrite !map_map. apply map_ext.
  intro w. rewrite (row_of_values x vs v w R), inj_mul. field. apply inj_neq. lia.
Qed.

Lemma unit_rows_correct (x : list K) sc d e ps : forall es rs ys, 0 < sc -> 0 < d ->
  Forall2 (within sc) es ys -> level_decided ps es = true ->
  map (fun a => at_ a x) rs = map (mul (inj e)) ys ->
  map (fun a => at_ a x) (unit_rows ps es rs) = map (mul (inj (e * d))) (units d ps ys).
Proof.
  induction ps as [|p ps IH]; intros es rs ys SC D W L E; [reflexivity|].
  inversion W as [|en y es' ys' W1 W2]; subst; [destruct rs; reflexivity|]. destruct rs as [|r rs]; [discriminate|].
  simpl in L, E. apply andb_true_iff in L as [L1 L2]. injection E as E1 E2. simpl. f_equal; [|now apply IH].
  assert (N : @inj K d <> 0%K) by (apply inj_neq; lia).
  assert (U : unit d p y = (inj (if low_nn en then snd p else fst p) / inj d * y)%K).
  { destruct (low_nn en) eqn:LN.
    - pose proof (low_nn_sign K sc en y SC W1 LN) as Y. destruct (unit_cases K d p y) as [[Y' ->]|[_ ->]]; [|reflexivity].
      rewrite (le_antisym K _ _ Y' Y). ring.
    - apply orb_true_iff in L1 as [L1|L1]; [rewrite orb_false_r in L1|].
      + apply negb_true_iff in L1. unfold bent in L1. apply negb_false_iff, Z.eqb_eq in L1.
        destruct (unit_cases K d p y) as [[_ ->]|[_ ->]]; [reflexivity|]. now rewrite L1.
      + pose proof (high_np_sign K sc en y SC W1 L1) as Y. destruct (unit_cases K d p y) as [[_ ->]|[Y' _]]; [reflexivity|].
        destruct (lt_not_le K _ _ Y' Y). }
  rewrite U. unfold at_ in *. rewrite dot_scaled, E1, inj_mul. field. exact N.
Qed.

Lemma all_values_correct sc (x : list K) : 0 < sc -> forall ls j vs, known_at sc ls x ->
  nth j (all_values (length x) ls) None = Some vs -> are_rows x vs (level_values (skipn j ls) x).
Proof.
  intro SC. induction ls as [|l ls IH]; intros j vs A H.
  - destruct j as [|[|j]]; simpl in H; try discriminate. injection H as <-. exact (identity_rows x).
  - destruct A as (A1 & A2 & A3 & A4). cbn [all_values] in H. destruct j as [|j]; [|exact (IH j vs A4 H)].
    simpl in H. assert (HD : hd None (all_values (length x) ls) = nth 0 (all_values (length x) ls) None)
      by (destruct (all_values (length x) ls); reflexivity).
    rewrite HD in H. destruct (nth 0 (all_values (length x) ls) None) as [v|] eqn:V; [|discriminate].
    destruct (level_decided _ _) eqn:LD; [|discriminate]. injection H as <-.
    pose proof (IH 0%nat v A4 V) as R. simpl skipn in *.
    pose proof (applied_rows_correct x _ _ _ A1 R) as [R1 R2]. simpl in R1, R2.
    split; [simpl; nia|]. simpl. unfold activated.
    exact (unit_rows_correct x sc _ _ _ _ _ _ SC A2 A3 LD R2).
Qed.

Lemma bend_rows_hold sc ls (x : list K) b : 0 < sc -> known_at sc ls x -> bend_holds K ls x b ->
  Forall (satisfies x) (bend_rows ls (all_values (length x) ls) b).
Proof.
  intros SC A H. destruct b as [[j i] bit]. unfold bend_rows.
  destruct (nth j (tl (all_values (length x) ls)) None) as [v|] eqn:V; [|constructor].
  destruct (nth_error ls j) as [l|] eqn:L; [|constructor].
  destruct (nth_error (weights (layer_map l)) i) as [w|] eqn:W; [|constructor]. constructor; [|constructor].
  assert (SK : skipn j ls = l :: skipn (S j) ls).
  { clear - L. revert ls L. induction j as [|j IH]; intros [|a ls] L; try discriminate; simpl in *.
    - now injection L as ->.
    - exact (IH ls L). }
  assert (V' : nth (S j) (all_values (length x) ls) None = Some v).
  { destruct (all_values (length x) ls); [destruct j; discriminate|exact V]. }
  pose proof (all_values_correct sc x SC ls (S j) v A V') as R.
  pose proof (row_of_values x v _ w R) as E. destruct R as [P _].
  pose proof (known_skipn K sc j ls x A) as A'. rewrite SK in A'. destruct A' as (A1 & _).
  set (y := (at_ w (level_values (skipn (S j) ls) x) / inj (scale (layer_map l)) : K)%K) in *.
  assert (Y : nth_error (preactivations K ls j x) i = Some y).
  { unfold preactivations. rewrite SK. unfold apply. now rewrite nth_error_map, W. }
  specialize (H y Y). assert (N : @inj K (scale (layer_map l)) <> 0%K) by (apply inj_neq; lia).
  assert (E' : at_ (combination w ([snd v] :: fst v) []) x = (inj (snd v * scale (layer_map l)) * y)%K).
  { rewrite E, inj_mul. unfold y. field. exact N. }
  assert (PP : (0 <= @inj K (snd v * scale (layer_map l)))%K) by (apply inj_nn; nia).
  destruct (primitive_multiple K (combination w ([snd v] :: fst v) [])) as (g & G & M).
  specialize (M (1%K :: x)). fold (at_ (combination w ([snd v] :: fst v) []) x) in M.
  fold (at_ (primitive (combination w ([snd v] :: fst v) [])) x) in M.
  unfold satisfies. simpl. destruct bit.
  - apply (related_primitive K AtLeast). simpl. rewrite E'. now apply nn_mul.
  - rewrite at_negated. apply (nn_cancel K (inj g)); [now apply inj_pos|].
    replace (inj g * - at_ (primitive (combination w ([snd v] :: fst v) [])) x)%K
      with (- (inj g * at_ (primitive (combination w ([snd v] :: fst v) [])) x))%K by ring.
    rewrite <- M, E'. replace (- (inj (snd v * scale (layer_map l)) * y))%K with (inj (snd v * scale (layer_map l)) * - y)%K by ring.
    apply nn_mul; [exact PP|now apply nn_opp].
Qed.

Lemma affine_row_holds q v c (x : list K) ls : positive_network (about q) -> length x = about_inputs q ->
  shape ls = rev (hidden_layers (about q)) -> are_rows x v (level_values ls x) ->
  satisfies (x ++ output (about q) x) c -> satisfies x (affine_row q v c).
Proof.
  intros P LX SH R S0. unfold affine_row, satisfies in *. cbn [fst snd]. apply related_primitive.
  set (out := last_map (about q)) in *. assert (OUT : 0 < scale out) by (apply (positive_levels _ P)).
  pose proof (applied_rows_correct x out v _ OUT R) as [Q E]. simpl in Q, E.
  rewrite at_combination, E, dot_map_scaled. unfold at_ at 1. rewrite dot_scaled.
  fold (at_ (firstn (S (about_inputs q)) (fst c)) x). rewrite at_app, LX in S0.
  rewrite (output_by_levels _ ls x SH) in S0. fold out in S0.
  match goal with |- related _ ?g => replace g with (inj (snd v * scale out) *
    (at_ (firstn (S (about_inputs q)) (fst c)) x + dot (skipn (S (about_inputs q)) (fst c)) (apply out (level_values ls x))))%K
    by ring end.
  apply related_scaled; [now apply inj_pos|exact S0].
Qed.

Lemma linear_rows_hold q s d nd (x : list K) : positive_network (about q) -> 0 < about_scale q ->
  is_set (about_inputs q) s = true ->
  inside K (about_scale q) (rev (hidden_layers (about q))) nd x -> unsafe q s d x ->
  Forall (satisfies x) (linear_rows q s nd d).
Proof.
  intros P SC IS I U. pose proof (unsafe_rows _ _ _ _ U) as R. destruct U as [(LX & _ & RS) _]. unfold linear_rows.
  rewrite <- LX. rewrite !Forall_app. split; [|split].
  - apply (side_rows_hold (grid nd) (sides nd) 0 x x); [apply I|apply I|auto].
  - apply Forall_flat_map. pose proof (inside_bends _ _ _ _ _ I) as B. refine (Forall_impl _ _ B). intros b H.
    exact (bend_rows_hold _ _ x b SC (inside_known _ _ _ _ _ I) H).
  - assert (HD : hd None (all_values (length x) (levels nd)) = nth 0 (all_values (length x) (levels nd)) None)
      by (destruct (all_values (length x) (levels nd)); reflexivity).
    rewrite HD. destruct (nth 0 _ None) as [v|] eqn:V.
    + pose proof (all_values_correct _ x SC _ 0 v (inside_known _ _ _ _ _ I) V) as AR. simpl in AR.
      rewrite Forall_map. refine (Forall_impl _ _ R). intro c.
      exact (affine_row_holds q v c x (levels nd) P LX (inside_shape _ _ _ _ _ I) AR).
    + rewrite Forall_map. unfold is_set in IS. rewrite !andb_true_iff in IS. destruct IS as [_ IS].
      rewrite forallb_forall in IS. rewrite Forall_forall in *. intros c J. specialize (RS c J). specialize (IS c J).
      unfold satisfies, input_row in *. cbn [fst snd]. apply related_primitive.
      rewrite at_app, LX in RS. rewrite LX. rewrite (dot_allzero K _ _ IS) in RS.
      match type of RS with related _ ?g => match goal with |- related _ ?e => replace e with g by ring end end. exact RS.
Qed.

Lemma run_bounds_correct sc layers_ todo_ : forall nd e nd' e' (x : list K), 0 < sc -> inside K sc layers_ nd x ->
  run_bounds sc nd e todo_ = Some (nd', e') -> inside K sc layers_ nd' x /\ e' = e.
Proof.
  induction todo_ as [|(j, i) todo_ IH]; intros nd e nd' e' x P I H; simpl in H; [injection H as <- <-; auto|].
  destruct (bound_one sc nd j i) as [(nd1, e1)|] eqn:B; [|discriminate].
  destruct (bound_one_correct K sc _ _ _ _ _ _ _ P I B) as [I1 ->].
  destruct (IH _ _ _ _ _ P I1 H) as [I2 ->]. split; [exact I2|apply orb_false_r].
Qed.

Lemma run_clips_correct q over_ rows_ todo_ : forall nd e nd' e' (x : list K),
  positive_network (about q) -> 0 < about_scale q -> 0 < over_ -> length x = about_inputs q ->
  Forall (satisfies (x ++ output (about q) x)) rows_ ->
  inside K (about_scale q) (rev (hidden_layers (about q))) nd x ->
  run_clips q over_ rows_ nd e todo_ = Some (nd', e') ->
  inside K (about_scale q) (rev (hidden_layers (about q))) nd' x /\ e' = e.
Proof.
  induction todo_ as [|by_ todo_ IH]; intros nd e nd' e' x P SC O LX R I H; simpl in H; [injection H as <- <-; auto|].
  destruct (combined_form q over_ rows_ nd by_) as [(form, st)|] eqn:F; [|discriminate].
  destruct (combined_form_correct _ _ _ _ _ _ _ x P SC O LX I R F) as (T & SY & T0 & _).
  destruct (clip_node nd form) as [(nd1, e1)|] eqn:C; [|discriminate].
  destruct (clip_node_correct K _ _ _ _ _ _ _ _ SC I SY T0 C) as [I1 ->].
  destruct (IH _ _ _ _ x P SC O LX R I1 H) as [I2 ->]. split; [exact I2|apply orb_false_r].
Qed.

Lemma closes_refutes q over_ rows_ nd by_ (x : list K) :
  positive_network (about q) -> 0 < about_scale q -> 0 < over_ -> length x = about_inputs q ->
  inside K (about_scale q) (rev (hidden_layers (about q))) nd x ->
  Forall (satisfies (x ++ output (about q) x)) rows_ -> closes q over_ rows_ nd by_ = true -> False.
Proof.
  intros P SC O LX I R H. unfold closes in H.
  destruct (combined_form q over_ rows_ nd by_) as [(form, st)|] eqn:F; [|discriminate].
  destruct (combined_form_correct _ _ _ _ _ _ _ x P SC O LX I R F) as (T & SY & T0 & T1).
  destruct (form_value nd form) as [v|] eqn:V; [|discriminate].
  pose proof (form_value_below K _ _ _ _ _ _ _ I SY V) as B.
  assert (SP : (0 < @inj K (about_scale q))%K) by now apply inj_pos.
  apply orb_true_iff in H as [H|H].
  - apply Z.ltb_lt in H. apply (lt_not_le K _ _ (lt_le_trans K _ _ _ (inj_pos K v H) B)).
    apply nn_opp. replace (- (inj (about_scale q) * T))%K with (inj (about_scale q) * - T)%K by ring.
    apply nn_mul; [now apply lt_le|now apply nn_opp].
  - apply andb_true_iff in H as [H ->]. apply Z.eqb_eq in H. subst v. change (inj 0) with (@zero K) in B.
    specialize (T1 eq_refl). apply pos_opp in T1. pose proof (pos_mul K _ _ SP T1) as Q.
    apply (lt_not_le K _ _ Q). replace (inj (about_scale q) * - T)%K with (- (inj (about_scale q) * T))%K by ring.
    apply nn_opp. replace (- - (inj (about_scale q) * T))%K with (inj (about_scale q) * T)%K by ring. exact B.
Qed.

Lemma forall_combine_right {A B} (f : A * B -> bool) l m : length l = length m ->
  forallb f (combine l m) = true -> forall b, In b m -> exists a, f (a, b) = true.
Proof.
  revert m. induction l as [|a l IH]; intros [|b m] L H c I; try discriminate; [destruct I|].
  simpl in H. apply andb_true_iff in H as [H H']. destruct I as [<-|I]; [now exists a|].
  injection L as L. exact (IH m L H' c I).
Qed.

Lemma node_below_correct q s nd l below d (x : list K) :
  positive_network (about q) -> 0 < about_scale q -> is_set (about_inputs q) s = true ->
  node_below q s nd l = Some below -> In d (set_disjuncts s) -> unsafe q s d x ->
  inside K (about_scale q) (rev (hidden_layers (about q))) nd x ->
  Exists (fun nd' => inside K (about_scale q) (rev (hidden_layers (about q))) nd' x) below.
Proof.
  intros P SC IS H D U I. pose proof U as [(LX & _) _]. pose proof (unsafe_rows _ _ _ _ U) as R.
  assert (O : 0 < set_over s).
  { unfold is_set in IS. rewrite !andb_true_iff in IS. destruct IS as [[[IS _] _] _]. now apply Z.ltb_lt. }
  unfold node_below in H. destruct (run_bounds _ nd false _) as [(nd1, e1)|] eqn:B; [|discriminate].
  destruct (run_bounds_correct _ _ _ _ _ _ _ x SC I B) as [I1 ->].
  destruct (clipped q s nd1 false (line_clips l)) as [(nd2, e2)|] eqn:C; [|discriminate].
  assert (I2 : inside K (about_scale q) (rev (hidden_layers (about q))) nd2 x /\ e2 = false).
  { unfold clipped in C. destruct (line_clips l) as [|c cs] eqn:CS; [injection C as <- <-; auto|].
    destruct (set_disjuncts s) as [|d0 [|d1 ds]]; try discriminate. destruct D as [<-|[]].
    exact (run_clips_correct _ _ _ _ _ _ _ _ x P SC O LX R I1 C). }
  destruct I2 as [I2 ->]. destruct (line_action l) as [i p t|j i|by_|by_].
  - destruct (0 <? t) eqn:T; [|discriminate]. destruct (Nat.ltb _ _); [|discriminate]. apply Z.ltb_lt in T.
    cbn [andb] in H. pose proof (cut_node_correct K _ _ _ x i p t I2 T) as Q. destruct (cut_node nd2 i p t) as [a b].
    injection H as <-. destruct Q as [Q|Q]; [left; exact Q|right; left; exact Q].
  - destruct (nth_error (levels nd2) j) as [lv|]; [|discriminate]. destruct (nth_error _ i) as [p|]; [|discriminate].
    destruct (bent p); [|discriminate]. injection H as <-.
    destruct (bend_node_correct K _ _ _ x j i SC I2) as [Q|Q]; [left; exact Q|right; left; exact Q].
  - exfalso. destruct (_ && _) eqn:E in H; [|discriminate]. apply andb_true_iff in E as [E1 E2]. apply Nat.eqb_eq in E1.
    destruct (forall_combine_right _ _ _ E1 E2 d D) as (m & M). simpl in M.
    exact (closes_refutes _ _ _ _ _ x P SC O LX I2 R M).
  - exfalso. destruct (_ && _) eqn:E in H; [|discriminate]. apply andb_true_iff in E as [E1 E2]. apply Nat.eqb_eq in E1.
    destruct (forall_combine_right _ _ _ E1 E2 d D) as (m & M). simpl in M.
    exact (refutes_point K _ _ x M (linear_rows_hold _ _ _ _ x P SC IS I2 U)).
Qed.

(* A set is still to come, or one of its nodes has the point. *)
Definition pending_point (q : question) (p : property_progress) (s : input_set) (x : list K) : Prop :=
  In s (later p) \/ exists nodes, current p = Some (s, nodes) /\
    Exists (fun nd => inside K (about_scale q) (rev (hidden_layers (about q))) nd x) nodes.

Lemma property_step_correct q sets p l p' s d (x : list K) : is_question q sets = true -> In s sets ->
  property_step q p l = Some p' -> In d (set_disjuncts s) -> unsafe q s d x ->
  pending_point q p s x -> pending_point q p' s x.
Proof.
  intros Q IS H D U N. unfold is_question in Q. rewrite !andb_true_iff in Q. destruct Q as [[[_ Q1] Q2] Q3].
  apply is_network_positive in Q1. apply Z.ltb_lt in Q2. rewrite forallb_forall in Q3. specialize (Q3 s IS).
  unfold property_step in H. destruct (current p) as [(s0, [|nd others])|] eqn:C; try discriminate.
  destruct (node_below q s0 nd l) as [below|] eqn:B; [|discriminate].
  destruct (next_set q s0 (below ++ others) (later p)) as [cur lat] eqn:NS. injection H as <-.
  unfold pending_point. cbn [current later].
  destruct N as [N|(nodes & E & N)].
  - unfold next_set in NS. destruct (below ++ others) as [|n1 ns].
    + destruct (later p) as [|s1 lat1]; [destruct N|]. injection NS as <- <-. destruct N as [<-|N]; [|now left].
      right. exists [root_node (about q) s1]. split; [reflexivity|]. left. apply root_inside; [exact Q1| |exact (proj1 U)].
      unfold is_set in Q3. rewrite !andb_true_iff in Q3. destruct Q3 as [[[_ Q3] _] _]. now apply Z.ltb_lt.
    + assert (EQ : lat = later p) by (destruct (later p); inversion NS; auto). left. rewrite EQ. exact N.
  - rewrite C in E. injection E as -> <-.
    assert (X : Exists (fun nd => inside K (about_scale q) (rev (hidden_layers (about q))) nd x) (below ++ others)).
    { apply Exists_app. inversion N as [? ? I|? ? I]; subst; [left|now right].
      exact (node_below_correct _ _ _ _ _ _ x Q1 Q2 Q3 B D U I). }
    unfold next_set in NS. destruct (below ++ others) as [|n1 ns]; [inversion X|].
    assert (EQ : cur = Some (s, n1 :: ns)) by (destruct (later p); inversion NS; auto). right.
    exists (n1 :: ns). split; [exact EQ|exact X].
Qed.

End Meaning.

Arguments in_input_set {K}.

(* THEOREM (d), for the claim property. If the program accepts, no point of an input set satisfies all
   inequalities of one of its disjuncts: the network has the property. *)
Theorem property_proved :
  forall q sets ls a b, property_accepts q sets ls a b = true ->
  forall (K : ordered_field) (s : input_set) (d : list constraint) (x : list K),
    In s sets -> In d (set_disjuncts s) -> in_input_set (about q) (about_inputs q) s x ->
    ~ Forall (satisfies (x ++ output (about q) x)) d.
Proof.
  intros q sets ls a b H K s d x IS D IN F. unfold property_accepts, property_begin in H.
  destruct (is_question q sets) eqn:Q; [|discriminate].
  match type of H with match property_run q ?p0 ls with _ => _ end = true => set (p := p0) in * end.
  assert (N : pending_point K q p s x).
  { unfold p. destruct sets as [|s0 later_]; [destruct IS|]. destruct IS as [<-|IS]; [right|now left].
    exists [root_node (about q) s0]. split; [reflexivity|]. left. pose proof Q as Q'. unfold is_question in Q'.
    rewrite !andb_true_iff in Q'. destruct Q' as [[[_ Q1] _] Q3]. simpl in Q3. apply andb_true_iff in Q3 as [Q3 _].
    apply is_network_positive in Q1. apply root_inside; [exact Q1| |exact IN].
    unfold is_set in Q3. rewrite !andb_true_iff in Q3. destruct Q3 as [[[_ Q3] _] _]. now apply Z.ltb_lt. }
  clearbody p. revert p N H. induction ls as [|l ls IH]; intros p N H; simpl in H.
  - unfold property_ends in H. destruct (current p) eqn:C; [discriminate|].
    destruct N as [N|(nodes & E & _)]; [|congruence]. destruct (later p); [destruct N|discriminate].
  - destruct (property_step q p l) as [p'|] eqn:E; [|discriminate].
    apply (IH p'); [|exact H]. exact (property_step_correct K q sets p l p' s d x Q IS E D (conj IN F) N).
Qed.
