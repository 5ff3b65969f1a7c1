(* Property trees: no point of an input set satisfies one of its alternatives. *)

From Coq Require Import ZArith List Bool Lia Ring Field.
From ExactReLU Require Import OrderedField Rows Networks CaseTree Certificate Segments FullTree Lipschitz.
From ExactReLU Require Import Relaxations PropertyNodes.
Import ListNotations.
Open Scope Z_scope.

(* Rows are functions of inputs and outputs together, offset first; all are divided by [set_over]. A box, rows
   over the inputs alone, and lists of further rows. *)
Record input_set := {
  set_over : Z; set_sides : list side; set_grid : Z;
  set_rows : list constraint; set_disjuncts : list (list constraint) }.

(* The hidden layers in order, and the last map. *)
Fixpoint hidden_from (A : affine) (t : layers) : list (affine * slopes) * affine :=
  match t with
  | [] => ([], A)
  | (s, B) :: t' => let (h, o) := hidden_from B t' in ((A, s) :: h, o)
  end.

Definition hidden_layers (net : network) : list (affine * slopes) := fst (hidden_from (fst net) (snd net)).
Definition last_map (net : network) : affine := snd (hidden_from (fst net) (snd net)).

Definition root_levels (net : network) : list level :=
  rev (map (fun l => {| layer_map := fst l; layer_units := snd l;
                        known_ends := map (fun _ => (None, None)) (weights (fst l)) |}) (hidden_layers net)).

Definition root_node (net : network) (s : input_set) : node :=
  {| levels := root_levels net; sides := set_sides s; grid := set_grid s; bends := [] |}.

Definition flips := list (list bool).

(* A network, its number of inputs, and S = 2^precision. *)
Record question := { about : network; about_inputs : nat; about_scale : Z }.

(* The form of the target - sum m_r g_r, and if a strict row takes part. *)
Definition combined_form (q : question) (over_ : Z) (rows_ : list constraint) (nd : node)
  (by_ : exact_multipliers * flips) : option (list Z * Z * Z * bool) :=
  let '(d, ms) := fst by_ in
  match ms with
  | [] => None
  | _ =>
      match combined false 0 rows_ ms [] false with
      | None => None
      | Some (total, strict_) =>
          if 0 <? d then
            let n := about_inputs q in
            let x := firstn (S n) total in
            let out := last_map (about q) in
            let h := axpy (scale out) [hd 0 x] (combination (skipn (S n) total) (weights out) []) in
            let over_all := over_ * d in
            match pulled_back (about_scale q) (levels nd) (snd by_) (map (Z.mul (- about_scale q)) h) (over_all * scale out) with
            | None => None
            | Some (ns, e, c) =>
                Some (axpy (- (e * about_scale q)) (tl x) (map (Z.mul over_all) ns), e * over_all, c, strict_)
            end
          else None
      end
  end.

(* The combination is positive on the node, or not negative and one of its inequalities is strict. *)
Definition closes (q : question) (over_ : Z) (rows_ : list constraint) (nd : node)
  (by_ : exact_multipliers * flips) : bool :=
  match combined_form q over_ rows_ nd by_ with
  | None => false
  | Some (form, strict_) =>
      match form_value nd form with
      | Some v => (0 <? v) || ((v =? 0) && strict_)
      | None => false
      end
  end.

(* A row c + a x_i *)
Definition unit_row (i : nat) (c a : Z) : row := c :: repeat 0 i ++ [a].

Fixpoint side_rows (g : Z) (i : nat) (ss : list side) : list constraint :=
  match ss with
  | [] => []
  | s :: ss' =>
      (match fst (fst s) with
       | Some l => [(primitive (unit_row i (- l) g), if fst (snd s) then Above else AtLeast)]
       | None => []
       end)
      ++ (match snd (fst s) with
          | Some h => [(primitive (unit_row i h (- g)), if snd (snd s) then Above else AtLeast)]
          | None => []
          end)
      ++ side_rows g (S i) ss'
  end.

Fixpoint level_decided (ps : list (Z * Z)) (es : list ends) : bool :=
  match ps, es with
  | p :: ps', e :: es' => (negb (bent p) || low_nn e || high_np e) && level_decided ps' es'
  | _, _ => true
  end.

(* Rows of the units' values, where all signs are known. *)
Fixpoint unit_rows (ps : list (Z * Z)) (es : list ends) (rs : list row) : list row :=
  match ps, es, rs with
  | p :: ps', e :: es', r :: rs' => scaled (if low_nn e then snd p else fst p) r :: unit_rows ps' es' rs'
  | _, _, _ => []
  end.

Definition applied_rows (A : affine) (v : list row * Z) : list row :=
  map (fun w => combination w ([snd v] :: fst v) []) (weights A).

Definition identity (n : nat) : list row := map (fun i => unit_row i 0 1) (seq 0 n).

(* The values of the levels, of those after the first, ..., and the inputs, as rows over a denominator, as far
   as they are affine on the node. *)
Fixpoint all_values (n : nat) (ls : list level) : list (option (list row * Z)) :=
  match ls with
  | [] => [Some (identity n, 1)]
  | l :: rest =>
      let later := all_values n rest in
      let here :=
        match hd None later with
        | Some v =>
            if level_decided (pairs (layer_units l)) (known_ends l)
            then Some (unit_rows (pairs (layer_units l)) (known_ends l) (applied_rows (layer_map l) v),
                       snd v * scale (layer_map l) * common (layer_units l))
            else None
        | None => None
        end in
      here :: later
  end.

Definition bend_rows (ls : list level) (values_ : list (option (list row * Z))) (b : nat * nat * bool) : list constraint :=
  let '(j, i, bit) := b in
  match nth j (tl values_) None, nth_error ls j with
  | Some v, Some l =>
      match nth_error (weights (layer_map l)) i with
      | Some w => let r := primitive (combination w ([snd v] :: fst v) []) in [(if bit then r else negated r, AtLeast)]
      | None => []
      end
  | _, _ => []
  end.

(* An inequality as a row on the inputs. *)
Definition affine_row (q : question) (v : list row * Z) (c : constraint) : constraint :=
  let n := about_inputs q in
  let out := last_map (about q) in
  (primitive (combination (skipn (S n) (fst c)) (applied_rows out v) (scaled (snd v * scale out) (firstn (S n) (fst c)))), snd c).

Definition input_row (n : nat) (c : constraint) : constraint := (primitive (firstn (S n) (fst c)), snd c).

Definition linear_rows (q : question) (s : input_set) (nd : node) (disjunct : list constraint) : list constraint :=
  let values_ := all_values (about_inputs q) (levels nd) in
  side_rows (grid nd) 0 (sides nd)
  ++ flat_map (bend_rows (levels nd) values_) (bends nd)
  ++ match hd None values_ with
     | Some v => map (affine_row q v) (set_rows s ++ disjunct)
     | None => map (input_row (about_inputs q)) (set_rows s)
     end.

Inductive action :=
  | Cut (i : nat) (p q : Z)
  | Bend (j i : nat)
  | ClosedLeaf (by_ : list (exact_multipliers * flips))
  | LinearLeaf (by_ : list multipliers).

Record tree_line := {
  line_bounds : list (nat * nat); line_clips : list (exact_multipliers * flips); line_action : action }.

Fixpoint run_bounds (scale_ : Z) (nd : node) (empty : bool) (todo_ : list (nat * nat)) : option (node * bool) :=
  match todo_ with
  | [] => Some (nd, empty)
  | (j, i) :: todo' =>
      match bound_one scale_ nd j i with
      | Some (nd', e) => run_bounds scale_ nd' (empty || e) todo'
      | None => None
      end
  end.

Fixpoint run_clips (q : question) (over_ : Z) (rows_ : list constraint) (nd : node) (empty : bool)
  (todo_ : list (exact_multipliers * flips)) : option (node * bool) :=
  match todo_ with
  | [] => Some (nd, empty)
  | by_ :: todo' =>
      match combined_form q over_ rows_ nd by_ with
      | None => None
      | Some (form, _) =>
          match clip_node nd form with
          | Some (nd', e) => run_clips q over_ rows_ nd' (empty || e) todo'
          | None => None
          end
      end
  end.

Definition clipped (q : question) (s : input_set) (nd : node) (empty : bool)
  (clips : list (exact_multipliers * flips)) : option (node * bool) :=
  match clips, set_disjuncts s with
  | [], _ => Some (nd, empty)
  | _, [d] => run_clips q (set_over s) (set_rows s ++ d) nd empty clips
  | _, _ => None
  end.

(* The nodes below, none for a leaf; None if the line proves nothing. *)
Definition node_below (q : question) (s : input_set) (nd : node) (l : tree_line) : option (list node) :=
  match run_bounds (about_scale q) nd false (line_bounds l) with
  | None => None
  | Some (nd, empty) =>
      match clipped q s nd empty (line_clips l) with
      | None => None
      | Some (nd, empty) =>
          match line_action l with
          | Cut i p t =>
              if (0 <? t) && Nat.ltb i (length (sides nd))
              then let (a, b) := cut_node nd i p t in Some [a; b] else None
          | Bend j i =>
              match nth_error (levels nd) j with
              | Some lv =>
                  match nth_error (pairs (layer_units lv)) i with
                  | Some p => if bent p then Some [bend_node nd j i false; bend_node nd j i true] else None
                  | None => None
                  end
              | None => None
              end
          | ClosedLeaf by_ =>
              if if empty then Nat.eqb (length by_) 0
                 else Nat.eqb (length by_) (length (set_disjuncts s))
                      && forallb (fun p => closes q (set_over s) (set_rows s ++ snd p) nd (fst p))
                           (combine by_ (set_disjuncts s))
              then Some [] else None
          | LinearLeaf by_ =>
              if if empty then Nat.eqb (length by_) 0
                 else Nat.eqb (length by_) (length (set_disjuncts s))
                      && forallb (fun p => refutes (linear_rows q s nd (snd p)) (fst p))
                           (combine by_ (set_disjuncts s))
              then Some [] else None
          end
      end
  end.

Record property_progress := {
  current : option (input_set * list node); later : list input_set; closed_leaves : Z; linear_leaves : Z }.

Definition next_set (q : question) (s : input_set) (nodes : list node) (later_ : list input_set)
  : option (input_set * list node) * list input_set :=
  match nodes, later_ with
  | [], [] => (None, [])
  | [], s' :: later' => (Some (s', [root_node (about q) s']), later')
  | _, _ => (Some (s, nodes), later_)
  end.

Definition property_step (q : question) (p : property_progress) (l : tree_line) : option property_progress :=
  match current p with
  | Some (s, nd :: others) =>
      match node_below q s nd l with
      | None => None
      | Some below =>
          let (current_, later_) := next_set q s (below ++ others) (later p) in
          Some {| current := current_; later := later_;
            closed_leaves := closed_leaves p + match line_action l with ClosedLeaf _ => 1 | _ => 0 end;
            linear_leaves := linear_leaves p + match line_action l with LinearLeaf _ => 1 | _ => 0 end |}
      end
  | _ => None
  end.

Definition is_set (n : nat) (s : input_set) : bool :=
  (0 <? set_over s) && (0 <? set_grid s) && is_width n (set_sides s)
  && forallb (fun c : constraint => allzero (skipn (S n) (fst c))) (set_rows s).

Definition is_question (q : question) (sets : list input_set) : bool :=
  negb (Nat.eqb (about_inputs q) 0) && is_network (about_inputs q) (about q) && (0 <? about_scale q)
  && forallb (is_set (about_inputs q)) sets.

Definition property_begin (q : question) (sets : list input_set) : option property_progress :=
  if is_question q sets then
    Some match sets with
         | [] => {| current := None; later := []; closed_leaves := 0; linear_leaves := 0 |}
         | s :: later_ => {| current := Some (s, [root_node (about q) s]); later := later_;
                             closed_leaves := 0; linear_leaves := 0 |}
         end
  else None.

Definition property_ends (p : property_progress) (closed_ linear_ : Z) : bool :=
  match current p, later p with
  | None, [] => (closed_ =? closed_leaves p) && (linear_ =? linear_leaves p)
  | _, _ => false
  end.

Fixpoint property_run (q : question) (p : property_progress) (ls : list tree_line) : option property_progress :=
  match ls with
  | [] => Some p
  | l :: ls' => match property_step q p l with Some p' => property_run q p' ls' | None => None end
  end.

Definition property_accepts (q : question) (sets : list input_set) (ls : list tree_line) (a b : Z) : bool :=
  match property_begin q sets with
  | None => false
  | Some p => match property_run q p ls with Some p' => property_ends p' a b | None => false end
  end.
