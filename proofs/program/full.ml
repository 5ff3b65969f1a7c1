(* The claims whose tree is in the reading full: their first lines, and their lines as the proved checker takes them. *)

module Zarith = Z
open Proved
open Json
module Z = Zarith
open Values
open Header
open Lines

(* What a claim asks of its reached leaves: the key they have beside the point, and the proved judge of them. *)
type claim = {
  key : string; needed : bool; judge : constraint0 list -> branch -> exact_multipliers list option -> bool option;
  complete : full_progress -> bool }

let whole_depth read = List.fold_left (fun most (_, _, hidden, _) -> max most hidden) 0 read

let full_header read domain columns depth =
  { full_networks = List.map (fun (net, _, _, _) -> net) read; full_domain = domain;
    full_inputs = peano columns; full_depth = peano depth }

let columns_of read = match read with
  | ((first, _), _, _, _) :: _ -> (match first.weights with row :: _ -> List.length row - 1 | [] -> 0)
  | [] -> refuse "networks" "a network"

let depth_of value deepest =
  let depth = integer "claim.depth" value in
  if Z.sign depth < 0 || Z.gt depth (Z.of_int deepest)
  then refuse "claim.depth" (Printf.sprintf "an integer from 0 to %d" deepest);
  Z.to_int depth

let any _ = true

let point place dimension value =
  let numbers = rationals place value in
  if List.length numbers <> dimension then refuse place "a point of the domain's dimension";
  let d = denominator numbers in
  (over d numbers, d)

(* The bits that a text gives to the neurons with two slopes. *)
let configuration place (_, layers) text =
  let parts = match text with
    | Text t -> if layers = [] && t = "" then [] else String.split_on_char '|' t
    | _ -> refuse place "bits" in
  if List.length parts <> List.length layers then refuse place "bits for each hidden layer";
  List.map2 (fun (slopes, _) part ->
    let rec marks pairs i = match pairs with
      | [] -> if i <> String.length part then refuse place "a bit for each neuron with two slopes" else []
      | p :: pairs when not (bent p) -> Linear :: marks pairs i
      | _ :: pairs when i < String.length part && (part.[i] = '0' || part.[i] = '1') ->
          Bit (part.[i] = '1') :: marks pairs (i + 1)
      | _ -> refuse place "a bit for each neuron with two slopes" in
    marks slopes.pairs 0) layers parts

let extreme place networks dimension infinite value =
  let is_infinite = match value with
    | Object members -> List.assoc_opt "value" members = Some (Text infinite)
    | _ -> false in
  let members = fields place (["value"; "point"] @ if is_infinite then ["ray"; "configuration"] else ["attained"]) value in
  let member key = List.assoc key members in
  let x = point (place ^ ".point") dimension (member "point") in
  if is_infinite then
    let ray, _ = point (place ^ ".ray") dimension (member "ray") in
    let at = place ^ ".configuration" in
    let texts = match networks with [_] -> [member "configuration"] | _ -> listed at (member "configuration") in
    if List.length texts <> List.length networks then refuse at "a configuration of each network";
    Infinite (x, ray, List.map2 (configuration at) networks texts)
  else
    let p, q = rational (place ^ ".value") (member "value") in
    match member "attained" with
    | Bool attained -> Finite (p, q, attained, x)
    | _ -> refuse (place ^ ".attained") "true or false"

let read_range member =
  let claim = fields "claim" ["kind"; "outputs"] (member "claim") in
  let read = read_networks member in
  let columns = columns_of read in
  let header = full_header read (read_domain (member "domain")) columns (whole_depth read) in
  if not (is_full_header header) then refuse "line 1" "networks and domain that fit together";
  let outputs = List.mapi (fun i item ->
    let at = Printf.sprintf "claim.outputs[%d]" i in
    let members = fields at ["min"; "max"] item in
    let one key infinite =
      extreme (at ^ "." ^ key) header.full_networks columns infinite (List.assoc key members) in
    (one "min" "-inf", one "max" "inf")) (listed "claim.outputs" (List.assoc "outputs" claim)) in
  if not (right_ranges header outputs) then refuse "claim.outputs" "points, values and rays that are right";
  let some_leaf progress = Z.sign progress.walked.reached_leaves > 0 in
  (header, read, { key = "bounds"; needed = true; judge = judge_range outputs; complete = some_leaf })

let read_lipschitz member =
  let claim = fields "claim" ["kind"; "norm"; "constant"; "configuration"; "direction"] (member "claim") in
  let slope_norm = match List.assoc "norm" claim with
    | Text "1" -> NormOne | Text "inf" -> NormInf | _ -> refuse "claim.norm" "1, 2 or inf" in
  match read_networks member with
  | [(net, _, hidden, _)] as read ->
      let columns = columns_of read in
      let header = full_header read (read_domain (member "domain")) columns hidden in
      let constant_p, constant_q = rational "claim.constant" (List.assoc "constant" claim) in
      let direction, _ = point "claim.direction" columns (List.assoc "direction" claim) in
      let slope = { slope_norm; constant_p; constant_q; direction;
        slope_cell = configuration "claim.configuration" net (List.assoc "configuration" claim) } in
      if not (right_slope header slope) then refuse "claim.constant" "a constant that is not negative";
      (header, read, { key = "by"; needed = false; judge = judge_lipschitz slope; complete = slope_attained slope })
  | _ -> refuse "networks" "one network"

let read_configurations member =
  let claim = fields "claim" ["kind"; "depth"] (member "claim") in
  match read_networks member with
  | [(_, _, hidden, _)] as read ->
      let depth = depth_of (List.assoc "depth" claim) hidden in
      let header = full_header read (read_domain (member "domain")) (columns_of read) depth in
      if not (right_depth header) then refuse "claim.depth" "hidden layers of the network";
      (header, read, { key = ""; needed = false; judge = judge_any; complete = any })
  | _ -> refuse "networks" "one network"

let read_equal member =
  ignore (fields "claim" ["kind"] (member "claim"));
  match read_networks member with
  | [(one, _, _, _); (two, _, _, _)] as read when are_comparable one two ->
      let header = full_header read (read_domain (member "domain")) (columns_of read) (whole_depth read) in
      (header, read, { key = "by"; needed = false; judge = judge_equal; complete = any })
  | _ -> refuse "networks" "two networks with as many outputs"

let pair place = function
  | List [layer; neuron] -> (integer place layer, integer place neuron)
  | _ -> refuse place "a pair"

let line_of claim dimension place = function
  | Object members ->
      let at key = place ^ ": " ^ key in
      (match List.filter (fun (key, _) -> key <> "sum") members with
       | ["equation", List [r; by]] -> Preamble (EquationLine (integer place r, multipliers (at "equation") by))
       | ["interior", value] -> Preamble (InteriorLine (point (at "interior") dimension value))
       | ["split", value] ->
           let layer, neuron = pair (at "split") value in
           Node (FullSplitLine (layer, neuron))
       | ["impossible", by] -> Node (ExcludedLine (false, multipliers (at "impossible") by))
       | ["thin", by] -> Node (ExcludedLine (true, multipliers (at "thin") by))
       | members when List.mem_assoc "zero" members ->
           let members = fields place ["zero"; "by"] (Object members) in
           let layer, neuron = pair (at "zero") (List.assoc "zero" members) in
           Node (VanishingLine (layer, neuron, exact_multipliers (at "zero.by") (List.assoc "by" members)))
       | members when List.mem_assoc "reached" members ->
           let keys = if claim.key = "" then [] else [claim.key] in
           let needed, optional = if claim.needed then keys, [] else [], keys in
           let members = fields place ("reached" :: needed) ~optional (Object members) in
           let more = Option.map (fun value ->
             List.map (exact_multipliers (at claim.key)) (listed (at claim.key) value))
             (List.assoc_opt claim.key members) in
           Node (FullReachedLine (point (at "reached") dimension (List.assoc "reached" members), more))
       | _ -> refuse place "one of the keys equation, interior, split, zero, impossible, thin, reached")
  | _ -> refuse place "a JSON object"

let expected = function
  | Preamble (EquationLine _) -> "equation", "before the tree a row >= 0 whose opposite is refuted"
  | Preamble (InteriorLine _) -> "interior", "before the tree, once, a point where all rows but equations are positive"
  | Node (FullSplitLine _) -> "split", "an undecided neuron with two slopes, all layers before it decided"
  | Node (VanishingLine _) -> "zero", "an undecided neuron whose row the equations combine to"
  | Node (ExcludedLine _) ->
      "leaf", "multipliers that refute the path, thin after the line interior, and reached leaves below each split"
  | Node (FullReachedLine _) -> "reached", "a point of a branch that decides every neuron, and what the claim asks"

let rec see next claim header dimension progress sum number =
  let place, value, sum = following next sum number in
  if is_end value then begin
    let counts = see_end place number (full_ends progress) value in
    if not (claim.complete progress) then refuse (place ^ ": end") "a reached leaf that attains the claim";
    finished next number counts
  end else
    let line = line_of claim dimension place value in
    match full_step claim.judge header.full_inputs progress line with
    | Some progress -> see next claim header dimension progress sum (number + 1)
    | None -> let kind, what = expected line in refuse (place ^ ": " ^ kind) what

(* Check the lines after the first one; hashes and leaves. *)
let check next sum (header, read, claim) =
  match full_begin header with
  | None -> refuse "line 1" "networks and domain that fit together"
  | Some progress ->
      let counts = see next claim header (natural header.full_inputs) progress sum 2 in
      (List.map (fun (_, _, _, items) -> hash items) read, counts)
