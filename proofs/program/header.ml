(* The first line: networks as integers over denominators, their hashes, the domain. *)

module Zarith = Z
open Proved
open Json
module Z = Zarith
open Values

let affine place layer =
  let member key = List.assoc key layer in
  let rows = List.mapi (fun i row -> rationals (Printf.sprintf "%s.weight[%d]" place i) row)
    (listed (place ^ ".weight") (member "weight")) in
  let bias = rationals (place ^ ".bias") (member "bias") in
  if List.length rows <> List.length bias then refuse place "a bias for each row";
  let rows = List.map2 (fun b row -> b :: row) bias rows in
  let d = denominator (List.concat rows) in
  { scale = d; weights = List.map (over d) rows }

let relu = ((Z.zero, Z.one), (Z.one, Z.one))

let slope_pairs place width layer =
  match List.assoc_opt "slopes" layer with
  | None -> List.init width (fun _ -> relu)
  | Some value -> List.map (function
      | List [below; above] -> (rational place below, rational place above)
      | _ -> refuse place "pairs of slopes") (listed place value)

(* The network, whether it has the key slopes, and its hash. *)
let read_network place value =
  let items = List.mapi (fun k layer ->
    let at = Printf.sprintf "%s.layers[%d]" place k in
    (at, fields at ["weight"; "bias"] ~optional:["slopes"] layer))
    (listed place (List.assoc "layers" (fields place ["layers"] value))) in
  let count = List.length items in
  let has_slopes = List.exists (fun (_, layer) -> List.mem_assoc "slopes" layer) items in
  List.iteri (fun k (at, layer) ->
    if List.mem_assoc "slopes" layer <> (has_slopes && k < count - 1)
    then refuse at "slopes in every hidden layer, or in none") items;
  let parts = List.map (fun (at, layer) -> (at, layer, affine at layer)) items in
  let all_pairs = List.map (fun (at, layer, a) -> slope_pairs at (List.length a.weights) layer) parts in
  let hidden_pairs = List.filteri (fun k _ -> k < count - 1) all_pairs in
  if has_slopes && List.for_all (List.for_all ((=) relu)) hidden_pairs
  then refuse place "no slopes where all are those of ReLU";
  let slopes pairs =
    let d = denominator (List.concat_map (fun (s, t) -> [s; t]) pairs) in
    let one x = List.hd (over d [x]) in
    { common = d; pairs = List.map (fun (s, t) -> (one s, one t)) pairs } in
  let rec join hidden later = match hidden, later with
    | pairs :: hidden, a :: later -> (slopes pairs, a) :: join hidden later
    | _ -> [] in
  match List.map (fun (_, _, a) -> a) parts with
  | [] -> refuse place "a layer"
  | first :: later -> ((first, join hidden_pairs later), has_slopes, count - 1, items)

let rec compact = function
  | Text t -> "\"" ^ t ^ "\""
  | List l -> "[" ^ String.concat "," (List.map compact l) ^ "]"
  | _ -> ""

let hash items =
  let layer (_, members) =
    let one key = match List.assoc_opt key members with
      | Some v -> [Printf.sprintf "\"%s\":%s" key (compact v)] | None -> [] in
    "{" ^ String.concat "," (List.concat_map one ["weight"; "bias"; "slopes"]) ^ "}" in
  "sha256:" ^ Sha256.hex ("{\"layers\":[" ^ String.concat "," (List.map layer items) ^ "]}")

let inequality place value =
  let members = fields place ["normal"; "offset"; "relation"] value in
  let normal = rationals (place ^ ".normal") (List.assoc "normal" members) in
  let offset = rational (place ^ ".offset") (List.assoc "offset" members) in
  let row = offset :: normal in
  let relation = match List.assoc "relation" members with
    | Text "<" -> Less | Text "<=" -> LessEqual | Text "=" -> Equal
    | Text ">=" -> GreaterEqual | Text ">" -> Greater
    | _ -> refuse (place ^ ".relation") "one of < <= = >= >" in
  (over (denominator row) row, relation)

let read_domain = function
  | Null -> []
  | value ->
      let place = "domain.inequalities" in
      List.mapi (fun r item -> inequality (Printf.sprintf "%s[%d]" place r) item)
        (listed place (List.assoc "inequalities" (fields "domain" ["inequalities"] value)))

let first_line value =
  let members = fields "line 1" ["format"; "version"; "claim"; "networks"; "domain"; "reading"; "sum"] value in
  let member key = List.assoc key members in
  if member "format" <> Text "exactrelu-certificate" then refuse "line 1: format" "exactrelu-certificate";
  let kind = match member "claim" with
    | Object claim -> (match List.assoc_opt "kind" claim with Some (Text kind) -> kind | _ -> "")
    | _ -> "" in
  (member, kind)

(* Networks with their numbers of hidden layers and the texts of their hashes. *)
let read_networks member =
  let read = List.mapi (fun n v -> read_network (Printf.sprintf "networks[%d]" n) v)
    (listed "networks" (member "networks")) in
  let version = if List.exists (fun (_, slopes, _, _) -> slopes) read then 2 else 1 in
  if member "version" <> Int (Z.of_int version) then refuse "line 1: version" (string_of_int version);
  read

