(* The rationals are an ordered field, so what is proved for all ordered fields is proved for them. *)

From Coq Require Import QArith Qcanon Lia List.
From ExactReLU Require Import OrderedField CaseTree Networks Certificate.

Lemma Qle_bool_iff' (a b : Qc) : Qle_bool a b = true <-> (a <= b)%Qc.
Proof. apply Qle_bool_iff. Qed.

Definition rationals : ordered_field.
Proof.
  refine {| carrier := Qc; zero := 0%Qc; one := 1%Qc; add := Qcplus; mul := Qcmult; sub := Qcminus;
    opp := Qcopp; div := Qcdiv; inv := Qcinv; laws := Qcft; leb := fun a b => Qle_bool a b |}.
  - intros a b. rewrite !Qle_bool_iff'. destruct (Qclt_le_dec a b) as [H|H]; [left; now apply Qclt_le_weak|now right].
  - intros a b c. rewrite !Qle_bool_iff'. apply Qcle_trans.
  - intros a b. rewrite !Qle_bool_iff'. apply Qcle_antisym.
  - intros a b c. rewrite !Qle_bool_iff'. intro H. apply Qcplus_le_compat; [exact H|apply Qcle_refl].
  - intros a b. rewrite !Qle_bool_iff'. intros H G.
    replace 0%Qc with (0 * b)%Qc by ring. now apply Qcmult_le_compat_r.
Defined.

(* Theorem (a) for rational points, spelled out once. *)
Corollary configurations_proved_rationally :
  forall h ls a c, accepts h ls a c = true -> claims_empty h = false ->
  exists found, NoDup found /\ Z.of_nat (length found) = c /\
    forall s, In s found <->
      length s = depth h /\
      exists x : list rationals, length x = inputs h /\ in_domain rationals (domain h) x /\
        has_configuration (kind_of_reading h) s (start (networks h) x).
Proof.
  intros h ls a c H E. destruct (configurations_proved h ls a c H E) as (t & found & _ & _ & N & L & G).
  exists found. split; [exact N|]. split; [exact L|]. exact (G rationals).
Qed.
