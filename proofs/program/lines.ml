(* Lines: their bytes, their sums, and the last one. *)

module Zarith = Z
open Proved
open Json
module Z = Zarith
open Values

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
  let impossible, thin, reached = count "impossible", count "thin", count "reached" in
  if List.assoc "lines" what <> Int (Z.of_int number) || not (are_right impossible thin reached)
  then refuse (place ^ ": end") "the numbers of lines and leaves after a complete tree";
  (impossible, thin, reached)

let valid name kind reading hashes (impossible, thin, reached) =
  Printf.sprintf "valid: %s: {\"claim\": \"%s\", \"reading\": %s, \"networks\": [%s], \"leaves\": \
    {\"impossible\": %s, \"thin\": %s, \"reached\": %s}}\n" name kind reading
    (String.concat ", " (List.map (Printf.sprintf "\"%s\"") hashes))
    (Z.to_string impossible) (Z.to_string thin) (Z.to_string reached)

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

