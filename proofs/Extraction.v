(* The checker as OCaml, on Zarith's integers. *)
From Coq Require Import ZArith Extraction ExtrOcamlBasic ExtrOcamlZBigInt.
From ExactReLU Require Import Rows Networks CaseTree Certificate Difference FullTree FullCertificate Equality Ranges Lipschitz FullConfigurations.
From ExactReLU Require Import PropertyTree Optima.

(* These four are not among the library's directives; their meaning is that of the same names in Coq. *)
Extract Inlined Constant Z.gcd => "Big_int_Z.gcd_big_int".
Extract Inlined Constant Z.ltb => "Big_int_Z.lt_big_int".
Extract Inlined Constant Z.leb => "Big_int_Z.le_big_int".
Extract Inlined Constant Z.eqb => "Big_int_Z.eq_big_int".

Extraction Language OCaml.
Extraction "program/proved.ml" begin step ends domain_rows differ
  full_begin full_step full_ends is_full_header
  are_comparable judge_equal right_ranges judge_range
  right_slope judge_lipschitz slope_attained
  right_depth judge_any
  property_begin property_step property_ends is_network right_objective objective_set.
