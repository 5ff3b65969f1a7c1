(* exactrelu-proved-check FILE: reads a certificate line by line and hands each line to the proved checker.
   FILE may be packed by gzip; - is the standard input, not packed.

   Exit status and words are those of `python -m exactrelu.checker`: 0 valid, 1 invalid, 2 no certificate, a
   file that cannot be read, or a claim or reading that is not among those proved. Memory is one branch. *)

module Zarith = Z
open Proved
open Json
module Z = Zarith
open Values
open Header
open Lines

(* claims that Python's checker knows and this one does not prove yet *)
let other_claims = ["canonical"; "reparametrization";
  "theorem-3.1"; "decomposition"; "compression";
  "difference"; "near"]

let read_difference member =
  let claim = fields "claim" ["kind"; "point"; "outputs"] (member "claim") in
  if member "reading" <> Null then refuse "reading" "null";
  match read_networks member, List.assoc "outputs" claim with
  | [(first, _, _, one); (second, _, _, two)], List [a; b] ->
      ({ first; second; difference_domain = read_domain (member "domain");
         place = as_point "claim.point" (List.assoc "point" claim);
         first_output = as_point "claim.outputs[0]" a; second_output = as_point "claim.outputs[1]" b },
       [hash one; hash two])
  | _ -> refuse "networks" "two networks, and two outputs"

(* The claims configurations and empty, in the readings half-open and closed. *)
let read_header member kind =
  let empty = kind = "empty" in
  if not empty && kind <> "configurations" then refuse "claim.kind" "a claim";
  let claim = fields "claim" (if empty then ["kind"] else ["kind"; "depth"]) (member "claim") in
  let reading = match member "reading" with
    | Text "half-open" -> HalfOpen
    | Text "closed" when not empty -> Closed
    | _ -> refuse "reading" (if empty then "half-open" else "half-open, closed or full") in
  let read = read_networks member in
  let networks = List.map (fun (net, _, _, _) -> net) read in
  if List.length networks > 1 || (not empty && networks = []) then refuse "networks" "one network";
  let domain = read_domain (member "domain") in
  let columns = match networks, domain with
    | (first, _) :: _, _ -> (match first.weights with row :: _ -> List.length row - 1 | [] -> 0)
    | [], (row, _) :: _ -> List.length row - 1
    | [], [] -> refuse "domain" "an inequality, or a network in the certificate" in
  let deepest = List.fold_left (fun most (_, _, hidden, _) -> max most hidden) 0 read in
  let depth = if empty then 0 else Full.depth_of (List.assoc "depth" claim) deepest in
  ({ networks; domain; inputs = peano columns; depth = peano depth; kind_of_reading = reading;
     claims_empty = empty },
   (match reading with Closed -> "\"closed\"" | _ -> "\"half-open\""),
   List.map (fun (_, _, _, items) -> hash items) read)

let tree_line dimension place = function
  | Object members ->
      (match List.filter (fun (key, _) -> key <> "sum") members with
       | ["split", List [layer; neuron]] -> SplitLine (integer place layer, integer place neuron)
       | ["impossible", value] -> ImpossibleLine (multipliers (place ^ ": impossible") value)
       | ["reached", value] ->
           let x = Full.point (place ^ ": reached") dimension value in
           ReachedLine x
       | _ -> refuse place "one of the keys split, impossible, reached")
  | _ -> refuse place "a JSON object"

let why = function
  | SplitLine _ -> "split", "an undecided neuron with two slopes, all layers before it decided"
  | ImpossibleLine _ -> "impossible", "multipliers with a constant sum, negative or 0 with a strict row"
  | ReachedLine _ -> "reached", "a branch that decides every neuron, and a point that satisfies its rows"

let rec see_tree next header rows dimension progress sum number =
  let place, value, sum = following next sum number in
  if is_end value then
    let right impossible thin reached = Z.sign thin = 0 && ends progress impossible reached in
    finished next number (see_end place number right value)
  else
    let line = tree_line dimension place value in
    match step header rows progress line with
    | Some progress -> see_tree next header rows dimension progress sum (number + 1)
    | None -> let kind, expected = why line in refuse (place ^ ": " ^ kind) expected

let check_unequal next sum member =
  let difference, hashes = read_difference member in
  if not (differ difference)
  then refuse "claim.outputs" "the networks' outputs at a point of the domain, different ones";
  let place, value, _ = following next sum 2 in
  let none a b c = List.for_all (fun n -> Z.sign n = 0) [a; b; c] in
  (hashes, finished next 2 (see_end place 2 none value))

let check next name =
  let text = next () in
  if not (is_named text) then raise (Unproved "no exactrelu-certificate");
  let value = try parse text with Error e -> refuse "line 1" e in
  let member, kind = first_line value in
  let sum = summed "line 1" "" text in
  let norm = match member "claim" with Object claim -> List.assoc_opt "norm" claim | _ -> None in
  if List.mem kind other_claims || (kind = "equal" && member "reading" = Null)
     || (kind = "lipschitz" && norm = Some (Text "2"))
  then raise (Unproved ("the claim " ^ kind ^ ", as it stands here"));
  let in_full read =
    if member "reading" <> Text "full" then refuse "reading" "full";
    let hashes, counts = Full.check next sum (read member) in
    valid name kind "\"full\"" hashes counts in
  match kind with
  | "unequal" ->
      let hashes, counts = check_unequal next sum member in
      valid name kind "null" hashes counts
  | "property" | "optimum" ->
      let hashes, leaves = Property.check next sum member kind in
      valid name kind "null" hashes leaves
  | "equal" -> in_full Full.read_equal
  | "range" -> in_full Full.read_range
  | "configurations" when member "reading" = Text "full" -> in_full Full.read_configurations
  | "lipschitz" -> in_full Full.read_lipschitz
  | _ ->
      let header, reading, hashes = read_header member kind in
      (match begin0 header with
       | None -> refuse "line 1" "networks, domain and depth that fit together"
       | Some progress ->
           let rows = domain_rows header in
           valid name kind reading hashes (see_tree next header rows (natural header.inputs) progress sum 2))

(* Print, or say that it cannot be printed. *)
let say status text =
  try print_string text; flush stdout; status with
  | Sys_error error ->
      (try Unix.dup2 (Unix.openfile "/dev/null" [Unix.O_WRONLY] 0) Unix.stdout with Unix.Unix_error _ -> ());
      prerr_endline error; 2

let () =
  match Sys.argv with
  | [| _; file |] ->
      let name = String.escaped file in
      let status =
        try say 0 (check (reader file) name) with
        | Refused (place, expected) -> say 1 (Printf.sprintf "invalid: %s: %s: expected %s\n" name place expected)
        | Error expected -> say 1 (Printf.sprintf "invalid: %s: expected %s\n" name expected)
        | Stack_overflow -> say 1 (Printf.sprintf "invalid: %s: expected shorter lists\n" name)
        | Unproved what -> Printf.eprintf "%s: not among what is proved: %s\n" name what; 2
        | Sys_error error -> prerr_endline error; 2
        | Unix.Unix_error (error, _, what) -> Printf.eprintf "%s: %s\n" what (Unix.error_message error); 2 in
      exit status
  | _ -> prerr_endline "usage: exactrelu-proved-check FILE"; exit 2
