(* exactrelu-proved-check FILE: reads a certificate line by line and hands each line to the proved checker.

   Exit status and words are those of `python -m exactrelu.checker`: 0 valid, 1 invalid, 2 no certificate, a
   file that cannot be read, or a claim or reading that is not among those proved. Memory is one branch. *)

module Zarith = Z
open Proved
open Json
module Z = Zarith

exception Refused of string * string  (* place, expected *)
exception Unproved of string

let refuse place expected = raise (Refused (place, expected))

(* values *)

let fields place wanted ?(optional = []) = function
  | Object members
    when List.for_all (fun key -> List.mem_assoc key members) wanted
         && List.for_all (fun (key, _) -> List.mem key wanted || List.mem key optional) members -> members
  | _ -> refuse place (Printf.sprintf "an object with the keys [%s]" (String.concat " " wanted))

let listed place = function List items -> items | _ -> refuse place "a list"
let integer place = function Int n -> n | _ -> refuse place "an integer"

let digits_only text start stop =
  let rec go i = i >= stop || (text.[i] >= '0' && text.[i] <= '9' && go (i + 1)) in
  stop > start && go start && (text.[start] <> '0' || stop = start + 1)

(* "p" or "p/q" in lowest terms *)
let rational place = function
  | Text text ->
      let size = String.length text in
      let slash = match String.index_opt text '/' with Some i -> i | None -> size in
      let start = if size > 0 && text.[0] = '-' then 1 else 0 in
      if not (digits_only text start slash) || slash > digits || size - slash - 1 > digits
         || (slash < size && not (digits_only text (slash + 1) size))
      then refuse place {|a rational "p" or "p/q"|};
      let p = Z.of_string (String.sub text 0 slash) in
      let q = if slash < size then Z.of_string (String.sub text (slash + 1) (size - slash - 1)) else Z.one in
      if (slash < size && Z.leq q Z.one) || not (Z.equal (Z.gcd p q) Z.one || slash = size) || text = "-0"
      then refuse place "a rational in lowest terms";
      (p, q)
  | _ -> refuse place {|a rational "p" or "p/q"|}

let rationals place value =
  List.mapi (fun i entry -> rational (Printf.sprintf "%s[%d]" place i) entry) (listed place value)

(* rationals as integers over one positive denominator *)
let denominator numbers = List.fold_left (fun d (_, q) -> Z.lcm d q) Z.one numbers
let over d numbers = List.map (fun (p, q) -> Z.mul p (Z.divexact d q)) numbers

let multipliers place value =
  let pairs = List.mapi (fun i pair -> match pair with
    | List [number; text] -> (integer place number, rational (Printf.sprintf "%s[%d][1]" place i) text)
    | _ -> refuse place "pairs of a row's number and a multiplier") (listed place value) in
  let d = denominator (List.map snd pairs) in
  List.map2 (fun (number, _) m -> (number, m)) pairs (over d (List.map snd pairs))

(* header *)

let peano n = let rec go n found = if n <= 0 then found else go (n - 1) (S found) in go n O

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

(* claims and readings that Python's checker knows and this one does not prove yet *)
let other_claims = ["range"; "lipschitz"; "equal"; "canonical"; "reparametrization";
  "theorem-3.1"; "decomposition"; "property"; "optimum"; "compression"]

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

let as_point place value =
  let numbers = rationals place value in
  let d = denominator numbers in
  (over d numbers, d)

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

let read_header member kind =
  if List.mem kind other_claims then raise (Unproved ("the claim " ^ kind));
  let empty = kind = "empty" in
  if not empty && kind <> "configurations" then refuse "claim.kind" "a claim";
  let claim = fields "claim" (if empty then ["kind"] else ["kind"; "depth"]) (member "claim") in
  let reading = match member "reading" with
    | Text "half-open" -> HalfOpen
    | Text "closed" when not empty -> Closed
    | Text "full" when not empty -> raise (Unproved "the reading full")
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
  let depth = if empty then 0 else
    let depth = integer "claim.depth" (List.assoc "depth" claim) in
    if Z.sign depth < 0 || Z.gt depth (Z.of_int deepest)
    then refuse "claim.depth" (Printf.sprintf "an integer from 0 to %d" deepest);
    Z.to_int depth in
  ({ networks; domain; inputs = peano columns; depth = peano depth; kind_of_reading = reading;
     claims_empty = empty },
   (match reading with Closed -> "\"closed\"" | _ -> "\"half-open\""),
   List.map (fun (_, _, _, items) -> hash items) read)

(* lines *)

let longest = 1 lsl 28

(* The next line with its line feed, "" at the end of the file. *)
let reader channel =
  let chunk = Bytes.create 65536 and first = ref 0 and last = ref 0 in
  let line = Buffer.create 4096 in
  fun () ->
    Buffer.clear line;
    let rec go () =
      if !first >= !last then (first := 0; last := input channel chunk 0 (Bytes.length chunk));
      if !last > !first then begin
        let stop = match Bytes.index_from_opt chunk !first '\n' with
          | Some i when i < !last -> i + 1 | _ -> !last in
        Buffer.add_subbytes line chunk !first (stop - !first);
        first := stop;
        if Buffer.length line > longest then raise (Error "a shorter line");
        if Buffer.nth line (Buffer.length line - 1) <> '\n' then go ()
      end in
    go ();
    Buffer.contents line

(* The members of a line, and its sum, which is chained to the one before. *)
let summed place before text =
  let size = String.length text in
  let tail = 27 in  (* ,"sum":"0123456789abcdef"} and a line feed *)
  if size < tail then refuse place "a line that ends in its sum";
  let body = String.sub text 0 (size - tail) in
  let sum = String.sub (Sha256.hex (before ^ body)) 0 16 in
  if String.sub text (size - tail) tail <> Printf.sprintf ",\"sum\":\"%s\"}\n" sum
  then refuse (place ^ ": sum") ("a line that ends in the sum " ^ sum);
  sum

let tree_line dimension place = function
  | Object members ->
      (match List.filter (fun (key, _) -> key <> "sum") members with
       | ["split", List [layer; neuron]] -> SplitLine (integer place layer, integer place neuron)
       | ["impossible", value] -> ImpossibleLine (multipliers (place ^ ": impossible") value)
       | ["reached", value] ->
           let point = rationals (place ^ ": reached") value in
           if List.length point <> dimension then refuse (place ^ ": reached") "a point of the domain's dimension";
           let d = denominator point in
           ReachedLine (over d point, d)
       | _ -> refuse place "one of the keys split, impossible, reached")
  | _ -> refuse place "a JSON object"

let why = function
  | SplitLine _ -> "split", "an undecided neuron with two slopes, all layers before it decided"
  | ImpossibleLine _ -> "impossible", "multipliers with a constant sum, negative or 0 with a strict row"
  | ReachedLine _ -> "reached", "a branch that decides every neuron, and a point that satisfies its rows"

let contains text part =
  let n = String.length part in
  let rec go i = i + n <= String.length text && (String.sub text i n = part || go (i + 1)) in
  go 0

let is_end = function
  | Object members -> List.mem_assoc "end" members
  | _ -> false

let see_end place number are_right value =
  let members = List.filter (fun (key, _) -> key <> "sum") (fields place ["end"; "sum"] value) in
  let what = fields (place ^ ": end") ["lines"; "leaves"] (List.assoc "end" members) in
  let leaves = fields (place ^ ": end") ["impossible"; "thin"; "reached"] (List.assoc "leaves" what) in
  let count key = integer (place ^ ": end") (List.assoc key leaves) in
  if List.assoc "lines" what <> Int (Z.of_int number) || Z.sign (count "thin") <> 0
     || not (are_right (count "impossible") (count "reached"))
  then refuse (place ^ ": end") "the numbers of lines and leaves after a complete tree";
  (count "impossible", count "reached")

let valid name kind reading hashes (impossible, reached) =
  Printf.sprintf "valid: %s: {\"claim\": \"%s\", \"reading\": %s, \"networks\": [%s], \"leaves\": \
    {\"impossible\": %s, \"thin\": 0, \"reached\": %s}}\n" name kind reading
    (String.concat ", " (List.map (Printf.sprintf "\"%s\"") hashes))
    (Z.to_string impossible) (Z.to_string reached)

(* The next line's number, content and sum. *)
let following next sum number =
  let place = Printf.sprintf "line %d" number in
  let text = next () in
  if text = "" then refuse place "the line end";
  let value = try parse text with Error e -> refuse place e in
  (place, value, summed place sum text)

let finished next number counts =
  if next () <> "" then refuse (Printf.sprintf "line %d" (number + 1)) "the end of the file";
  counts

let rec see_tree next header rows dimension progress sum number =
  let place, value, sum = following next sum number in
  if is_end value then finished next number (see_end place number (ends progress) value)
  else
    let line = tree_line dimension place value in
    match step header rows progress line with
    | Some progress -> see_tree next header rows dimension progress sum (number + 1)
    | None -> let kind, expected = why line in refuse (place ^ ": " ^ kind) expected

let rec natural = function O -> 0 | S n -> 1 + natural n

let check next name =
  let text = next () in
  if not (contains text "exactrelu-certificate") then raise (Unproved "no exactrelu-certificate");
  let value = try parse text with Error e -> refuse "line 1" e in
  let member, kind = first_line value in
  let sum = summed "line 1" "" text in
  if kind = "unequal" then begin
    let difference, hashes = read_difference member in
    if not (differ difference)
    then refuse "claim.outputs" "the networks' outputs at a point of the domain, different ones";
    let place, value, _ = following next sum 2 in
    let none a b = Z.sign a = 0 && Z.sign b = 0 in
    valid name kind "null" hashes (finished next 2 (see_end place 2 none value))
  end else
    let header, reading, hashes = read_header member kind in
    match begin0 header with
    | None -> refuse "line 1" "networks, domain and depth that fit together"
    | Some progress ->
        let rows = domain_rows header in
        valid name kind reading hashes
          (see_tree next header rows (natural header.inputs) progress sum 2)

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
        try say 0 (check (reader (open_in_bin file)) name) with
        | Refused (place, expected) -> say 1 (Printf.sprintf "invalid: %s: %s: expected %s\n" name place expected)
        | Error expected -> say 1 (Printf.sprintf "invalid: %s: expected %s\n" name expected)
        | Stack_overflow -> say 1 (Printf.sprintf "invalid: %s: expected shorter lists\n" name)
        | Unproved what -> Printf.eprintf "%s: not among what is proved: %s\n" name what; 2
        | Sys_error error -> prerr_endline error; 2 in
      exit status
  | _ -> prerr_endline "usage: exactrelu-proved-check FILE"; exit 2
