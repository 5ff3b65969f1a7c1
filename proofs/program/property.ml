(* The claims property and optimum: input sets, objectives, and the lines of its trees as the proved checker takes them. *)

module Zarith = Z
open Proved
open Json
module Z = Zarith
open Values
open Header
open Lines

let boolean place = function Bool b -> b | _ -> refuse place "true or false"

(* pairs [index, rational], indices ascending, as a dense list *)
let dense place size value =
  let found = Array.make size (Z.zero, Z.one) in
  ignore (List.fold_left (fun last pair -> match pair with
    | List [number; text] ->
        let number = integer place number in
        if Z.leq number last || Z.geq number (Z.of_int size) then refuse place "ascending indices";
        found.(Z.to_int number) <- rational place text;
        number
    | _ -> refuse place "pairs of an index and a number") Z.minus_one (listed place value));
  Array.to_list found

(* offset, terms on inputs, terms on outputs; and if it is strict *)
let inequality inputs outputs place value =
  let members = fields place ["x"; "y"; "offset"; "strict"] value in
  let member key = List.assoc key members in
  let strict = boolean (place ^ ".strict") (member "strict") in
  (rational (place ^ ".offset") (member "offset")
     :: dense (place ^ ".x") inputs (member "x") @ dense (place ^ ".y") outputs (member "y"), strict)

let inequalities inputs outputs place value =
  List.mapi (fun i v -> inequality inputs outputs (Printf.sprintf "%s[%d]" place i) v) (listed place value)

let one_side place = function
  | List [low; high; below; above] ->
      let number = function Null -> None | v -> Some (rational place v) in
      ((number low, number high), (boolean place below, boolean place above))
  | _ -> refuse place "[lower end, upper end, true if the lower is open, true if the upper is]"

let input_set inputs outputs place box rows disjuncts =
  let sides = List.mapi (fun i v -> one_side (Printf.sprintf "%s.box[%d]" place i) v) (listed (place ^ ".box") box) in
  if List.length sides <> inputs then refuse (place ^ ".box") "the two sides of each input";
  let grid = denominator (List.concat_map (fun ((low, high), _) -> List.filter_map Fun.id [low; high]) sides) in
  let end_ = Option.map (fun number -> List.hd (over grid [number])) in
  let d = denominator (List.concat_map fst (rows @ List.concat disjuncts)) in
  let row (numbers, strict) = (over d numbers, if strict then Above else AtLeast) in
  List.iter (fun (numbers, _) ->
    if List.exists (fun (p, _) -> Z.sign p <> 0) (List.filteri (fun i _ -> i > inputs) numbers)
    then refuse (place ^ ".rows") "inequalities over inputs alone") rows;
  { set_over = d; set_grid = grid; set_rows = List.map row rows;
    set_sides = List.map (fun ((low, high), strict) -> ((end_ low, end_ high), strict)) sides;
    set_disjuncts = List.map (List.map row) disjuncts }

let read_sets inputs outputs value =
  List.mapi (fun s item ->
    let place = Printf.sprintf "claim.sets[%d]" s in
    let members = fields place ["box"; "rows"; "disjuncts"] item in
    let member key = List.assoc key members in
    let rows = inequalities inputs outputs (place ^ ".rows") (member "rows") in
    let disjuncts = List.mapi (fun d v -> inequalities inputs outputs (Printf.sprintf "%s.disjuncts[%d]" place d) v)
      (listed (place ^ ".disjuncts") (member "disjuncts")) in
    input_set inputs outputs place (member "box") rows disjuncts) (listed "claim.sets" value)

let is_hash = function
  | Null -> true
  | Text t ->
      String.length t = 71 && String.sub t 0 7 = "sha256:"
      && String.for_all (function '0' .. '9' | 'a' .. 'f' -> true | _ -> false) (String.sub t 7 64)
  | _ -> false

(* Widths of the hidden layers, the first one first. *)
let widths (first, later) =
  let all = List.map (fun a -> List.length a.weights) (first :: List.map snd later) in
  List.filteri (fun k _ -> k < List.length later) all

type layers = { count : int; width : int array; numbers : nat array; every : (nat * nat) list }

let layers_of net =
  let width = Array.of_list (widths net) in
  let count = Array.length width in
  let numbers = Array.init (Array.fold_left max (count + 1) width) peano in
  let every = List.concat (List.init count (fun k ->
    List.init width.(k) (fun i -> (numbers.(count - 1 - k), numbers.(i))))) in
  { count; width; numbers; every }

let small place least most value =
  let n = integer place value in
  if Z.lt n (Z.of_int least) || Z.gt n (Z.of_int most) then refuse place (Printf.sprintf "an integer from %d to %d" least most);
  Z.to_int n

let bounds layers place = function
  | Text "all" -> layers.every
  | value ->
      List.concat_map (function
        | List [layer; neurons] ->
            let k = small place 1 layers.count layer in
            List.map (fun i -> (layers.numbers.(layers.count - k), layers.numbers.(small place 0 (layers.width.(k - 1) - 1) i)))
              (listed place neurons)
        | _ -> refuse place "pairs of a layer and neurons") (listed place value)

(* The flipped neurons, layer by layer, the last one first. *)
let flips layers place = function
  | Text t when t <> "" && (t = "0" || t.[0] <> '0')
                && String.for_all (function '0' .. '9' | 'a' .. 'f' -> true | _ -> false) t ->
      let bits = Z.of_string_base 16 t in
      if Z.sign bits = 0 then []
      else begin
        let found = ref [] and first = ref 0 in
        Array.iter (fun width ->
          let start = !first in
          found := List.init width (fun i -> Z.testbit bits (start + i)) :: !found;
          first := start + width) layers.width;
        !found
      end
  | _ -> refuse place "the flipped slopes, in hexadecimal"

let combination layers place = function
  | List [by; text] -> (exact_multipliers place by, flips layers place text)
  | _ -> refuse place "multipliers and flipped slopes"

let tree_line layers inputs place value =
  match value with
  | Object members ->
      let members = List.filter (fun (key, _) -> key <> "sum") members in
      let optional key = List.assoc_opt key members in
      let kinds = List.filter (fun (key, _) -> List.mem key ["cut"; "bend"; "closed"; "linear"]) members in
      if List.length kinds <> 1
         || List.exists (fun (key, _) -> not (List.mem key ["cut"; "bend"; "closed"; "linear"; "bounds"; "clip"])) members
      then refuse place "one of the keys cut, bend, closed, linear, and perhaps bounds and clip";
      let at = place ^ ": " ^ fst (List.hd kinds) in
      let line_action = match kinds with
        | ["cut", List [i; t]] ->
            let p, q = rational at t in
            Cut (peano (small at 0 (inputs - 1) i), p, q)
        | ["bend", List [layer; i]] ->
            let k = small at 1 layers.count layer in
            Bend (layers.numbers.(layers.count - k), layers.numbers.(small at 0 (layers.width.(k - 1) - 1) i))
        | ["closed", v] -> ClosedLeaf (List.map (combination layers at) (listed at v))
        | ["linear", v] -> LinearLeaf (List.map (multipliers at) (listed at v))
        | _ -> refuse at "a pair" in
      let line_clips = match optional "clip" with
        | None -> []
        | Some (List []) -> refuse (place ^ ": clip") "a list that is not empty"
        | Some v -> List.map (combination layers (place ^ ": clip")) (listed (place ^ ": clip") v) in
      let line_bounds = match optional "bounds" with
        | None -> [] | Some v -> bounds layers (place ^ ": bounds") v in
      { line_bounds; line_clips; line_action }
  | _ -> refuse place "a JSON object"

let see_property_end place number progress value =
  let members = fields place ["end"; "sum"] value in
  let what = fields (place ^ ": end") ["lines"; "leaves"] (List.assoc "end" members) in
  let leaves = fields (place ^ ": end") ["closed"; "linear"] (List.assoc "leaves" what) in
  let count key = integer (place ^ ": end") (List.assoc key leaves) in
  if List.assoc "lines" what <> Int (Z.of_int number) || not (property_ends progress (count "closed") (count "linear"))
  then refuse (place ^ ": end") "the numbers of lines and leaves after complete trees";
  [("closed", count "closed"); ("linear", count "linear")]

let rec see next question layers inputs progress sum number =
  let place, value, sum = following next sum number in
  if is_end value then finished next number (see_property_end place number progress value)
  else
    match property_step question progress (tree_line layers inputs place value) with
    | Some progress -> see next question layers inputs progress sum (number + 1)
    | None -> refuse place "bounds, clips and leaves that prove what they say"

let point place inputs value =
  let numbers = rationals place value in
  if List.length numbers <> inputs then refuse place "a point of as many coordinates as inputs";
  let d = denominator numbers in
  (over d numbers, d)

let minus (p, q) (r, s) = (Z.sub (Z.mul p s) (Z.mul r q), Z.mul q s)

(* The set of box and rows, and the objectives over its denominator, each less its maximum. *)
let read_objectives inputs outputs claim =
  let member key = List.assoc key claim in
  let read = List.mapi (fun o item ->
    let at = Printf.sprintf "claim.objectives[%d]" o in
    let attained = match item with Object m -> List.assoc_opt "attained" m <> Some (Bool false) | _ -> true in
    let members = fields at (["x"; "y"; "offset"; "maximum"; "attained"; "point"] @ if attained then [] else ["inner"]) item in
    let get key = List.assoc key members in
    let is_attained = boolean (at ^ ".attained") (get "attained") in
    let offset = minus (rational (at ^ ".offset") (get "offset")) (rational (at ^ ".maximum") (get "maximum")) in
    let row = offset :: dense (at ^ ".x") inputs (get "x") @ dense (at ^ ".y") outputs (get "y") in
    let best_at = point (at ^ ".point") inputs (get "point") in
    let inner_at = if attained then best_at else point (at ^ ".inner") inputs (get "inner") in
    (row, is_attained, best_at, inner_at)) (listed "claim.objectives" (member "objectives")) in
  if read = [] then refuse "claim.objectives" "an objective";
  let rows = inequalities inputs outputs "claim.rows" (member "rows") in
  let set = input_set inputs outputs "claim" (member "box") rows [List.map (fun (row, _, _, _) -> (row, false)) read] in
  let excesses = List.concat_map (List.map fst) set.set_disjuncts in
  ({ set with set_disjuncts = [] },
   List.map2 (fun excess (_, is_attained, best_at, inner_at) -> { excess; is_attained; best_at; inner_at }) excesses read)

(* The claims property and optimum. *)
let check next sum member kind =
  let keys = if kind = "property" then ["property"; "sets"] else ["box"; "rows"; "objectives"] in
  let claim = fields "claim" ("kind" :: "precision" :: keys) (member "claim") in
  if member "reading" <> Null || member "domain" <> Null then refuse "line 1" "no reading and no domain";
  match read_networks member with
  | [((first, later) as net, _, _, items)] ->
      let inputs = match first.weights with row :: _ -> List.length row - 1 | [] -> 0 in
      let outputs = List.length (List.fold_left (fun _ (_, a) -> a) first later).weights in
      let precision = small "claim.precision" 1 4096 (List.assoc "precision" claim) in
      let question = { about = net; about_inputs = peano inputs; about_scale = Z.shift_left Z.one precision } in
      let sets =
        if kind = "property" then begin
          if not (is_hash (List.assoc "property" claim)) then refuse "claim.property" "the hash of a file, or null";
          read_sets inputs outputs (List.assoc "sets" claim)
        end else begin
          let set, objectives = read_objectives inputs outputs claim in
          if not (is_network question.about_inputs net && List.for_all (right_objective question set) objectives)
          then refuse "claim.objectives" "points of the set, or of its closure, with the value of the maximum";
          List.map (objective_set set) objectives
        end in
      (match property_begin question sets with
       | None -> refuse "line 1" "a network, and sets of its inputs"
       | Some progress -> ([hash items], see next question (layers_of net) inputs progress sum 2))
  | _ -> refuse "networks" "one network"
