(* Each theorem of docs/trust.md: all must be closed under the global context. *)
From ExactReLU Require Import Certificate Coverage Difference Equality Ranges Lipschitz FullConfigurations Properties Optima Rationals.
Print Assumptions configurations_proved.
Print Assumptions configurations_proved_rationally.
Print Assumptions coverage_proved.
Print Assumptions emptiness_proved.
Print Assumptions difference_proved.
Print Assumptions equality_proved.
Print Assumptions range_proved.
Print Assumptions lipschitz_proved.
Print Assumptions full_configurations_proved.
Print Assumptions property_proved.
Print Assumptions optimum_proved.
