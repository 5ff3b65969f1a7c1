(* Lines: their bytes, their sums, and the last one. *)

module Zarith = Z
open Proved
open Json
module Z = Zarith
open Values

let longest = 1 lsl 28

let contains text part =
  let n = String.length part in
  let rec go i = i + n <= String.length text && (String.sub text i n = part || go (i + 1)) in
  go 0

let is_named text = contains text "exactrelu-certificate"

(* The file's bytes, read by gzip if it is packed, and what to see at its end. "-" is the standard input. *)
let opened file =
  let nothing _ _ = () in
  if file = "-" then (set_binary_mode_in stdin true; (stdin, nothing)) else
  let raw = open_in_bin file in
  let start = really_input_string raw (min 2 (try in_channel_length raw with Sys_error _ -> 0)) in
  if start <> "\x1f\x8b" then begin
    if start <> "" then seek_in raw 0;
    (raw, nothing)
  end else begin
    let size = in_channel_length raw in
    (* a member ends with its size in four bytes: there is one member, and nothing after it *)
    seek_in raw (max 0 (size - 4));
    let tail = really_input_string raw (min 4 size) in
    Unix.set_close_on_exec (Unix.descr_of_in_channel raw);
    let input = Unix.openfile file [Unix.O_RDONLY] 0 in
    let output, written = Unix.pipe ~cloexec:true () in
    let quiet = Unix.openfile "/dev/null" [Unix.O_WRONLY] 0 in
    let gzip = Unix.create_process "gzip" [| "gzip"; "-dc" |] input written quiet in
    List.iter Unix.close [input; written; quiet];
    (Unix.in_channel_of_descr output, fun named count ->
      (match Unix.waitpid [] gzip with
       | _, Unix.WEXITED 127 -> raise (Sys_error "gzip, which reads packed files: not found")
       | _ when not named -> raise (Sys_error "no exactrelu-certificate")
       | _, Unix.WEXITED 0 -> ()
       | _ -> raise (Error "an intact gzip file"));
      let expected = Int32.of_int (count land 0xffffffff) in
      if String.length tail < 4 || String.get_int32_le tail 0 <> expected
      then raise (Error "one gzip member, and nothing after it"))
  end

(* The next line with its line feed, "" at the end of the file. *)
let reader file =
  let channel, at_end = opened file in
  let count = ref 0 and ended = ref false and named = ref false in
  let chunk = Bytes.create 65536 and first = ref 0 and last = ref 0 in
  let line = Buffer.create 4096 in
  fun () ->
    Buffer.clear line;
    let rec go () =
      if !first >= !last then begin
        first := 0;
        last := input channel chunk 0 (Bytes.length chunk);
        count := !count + !last;
        if !last = 0 && not !ended then begin
          ended := true;
          at_end (!named || is_named (Buffer.contents line)) !count
        end
      end;
      if !last > !first then begin
        let stop = match Bytes.index_from_opt chunk !first '\n' with
          | Some i when i < !last -> i + 1 | _ -> !last in
        Buffer.add_subbytes line chunk !first (stop - !first);
        first := stop;
        if Buffer.length line > longest then raise (Error "a shorter line");
        if Buffer.nth line (Buffer.length line - 1) <> '\n' then go ()
      end in
    go ();
    named := true;
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

let is_end = function
  | Object members -> List.mem_assoc "end" members
  | _ -> false

let tree_leaves (impossible, thin, reached) = [("impossible", impossible); ("thin", thin); ("reached", reached)]

let see_end place number are_right value =
  let members = List.filter (fun (key, _) -> key <> "sum") (fields place ["end"; "sum"] value) in
  let what = fields (place ^ ": end") ["lines"; "leaves"] (List.assoc "end" members) in
  let leaves = fields (place ^ ": end") ["impossible"; "thin"; "reached"] (List.assoc "leaves" what) in
  let count key = integer (place ^ ": end") (List.assoc key leaves) in
  let impossible, thin, reached = count "impossible", count "thin", count "reached" in
  if List.assoc "lines" what <> Int (Z.of_int number) || not (are_right impossible thin reached)
  then refuse (place ^ ": end") "the numbers of lines and leaves after a complete tree";
  tree_leaves (impossible, thin, reached)

let valid name kind reading hashes leaves =
  Printf.sprintf "valid: %s: {\"claim\": \"%s\", \"reading\": %s, \"networks\": [%s], \"leaves\": {%s}}\n" name kind reading
    (String.concat ", " (List.map (Printf.sprintf "\"%s\"") hashes))
    (String.concat ", " (List.map (fun (key, n) -> Printf.sprintf "\"%s\": %s" key (Z.to_string n)) leaves))

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

