(* The JSON of certificates: no numbers but integers, no key twice, values not nested deeply. *)

exception Error of string

type value = Null | Bool of bool | Int of Z.t | Text of string | List of value list
  | Object of (string * value) list

let depth = 64
let keys = 64  (* more than any object of the format has *)
let digits = 1_000_000

let parse text =
  let size = String.length text in
  let at = ref 0 in
  let fail why = raise (Error why) in
  let peek () = if !at < size then text.[!at] else '\000' in
  let rec blank () = match peek () with
    | ' ' | '\t' | '\n' | '\r' -> incr at; blank () | _ -> () in
  let expect c = if peek () = c && !at < size then incr at else fail "a line of JSON" in
  let word w value =
    let n = String.length w in
    if !at + n <= size && String.sub text !at n = w then (at := !at + n; value) else fail "a line of JSON" in
  let hexadecimal () =
    if !at + 4 > size then fail "a line of JSON";
    let code = String.sub text !at 4 in
    String.iter (function '0' .. '9' | 'a' .. 'f' | 'A' .. 'F' -> () | _ -> fail "a line of JSON") code;
    at := !at + 4;
    int_of_string ("0x" ^ code) in
  let string () =
    expect '"';
    let found = Buffer.create 16 in
    let rec go () =
      if !at >= size then fail "a line of JSON";
      let c = text.[!at] in
      incr at;
      match c with
      | '"' -> ()
      | '\000' .. '\031' -> fail "a string without control characters"
      | '\\' ->
          let e = peek () in
          incr at;
          (match e with
           | '"' | '\\' | '/' -> Buffer.add_char found e
           | 'b' -> Buffer.add_char found '\b' | 'f' -> Buffer.add_char found '\012'
           | 'n' -> Buffer.add_char found '\n' | 'r' -> Buffer.add_char found '\r'
           | 't' -> Buffer.add_char found '\t'
           | 'u' ->
               let code = hexadecimal () in
               if code > 127 then fail "ASCII, as all words of the format are";
               Buffer.add_char found (Char.chr code)
           | _ -> fail "a line of JSON");
          go ()
      | '\128' .. '\255' -> fail "ASCII, as all words of the format are"
      | c -> Buffer.add_char found c; go () in
    go ();
    Buffer.contents found in
  let integer () =
    let start = !at in
    if peek () = '-' then incr at;
    let first = !at in
    while (match peek () with '0' .. '9' -> true | _ -> false) do incr at done;
    let count = !at - first in
    if count = 0 || (count > 1 && text.[first] = '0') then fail "a line of JSON";
    (match peek () with '.' | 'e' | 'E' -> fail "integers" | _ -> ());
    if count > digits then fail "a shorter integer";
    Int (Z.of_string (String.sub text start (!at - start))) in
  let rec value level =
    if level > depth then fail "values that are not nested so deeply";
    blank ();
    match peek () with
    | '{' -> incr at; blank ();
        if peek () = '}' then (incr at; Object []) else Object (members level [])
    | '[' -> incr at; blank ();
        if peek () = ']' then (incr at; List []) else List (elements level [])
    | '"' -> Text (string ())
    | 't' -> word "true" (Bool true)
    | 'f' -> word "false" (Bool false)
    | 'n' -> word "null" Null
    | _ -> integer ()
  and members level found =
    blank ();
    let key = string () in
    if List.compare_length_with found keys > 0 then fail "fewer keys";
    if List.mem_assoc key found then fail "a key that stands once";
    blank (); expect ':';
    let found = (key, value (level + 1)) :: found in
    blank ();
    match peek () with
    | ',' -> incr at; members level found
    | _ -> expect '}'; List.rev found
  and elements level found =
    let found = value (level + 1) :: found in
    blank ();
    match peek () with
    | ',' -> incr at; elements level found
    | _ -> expect ']'; List.rev found in
  let result = value 0 in
  blank ();
  if !at < size then fail "one JSON value";
  result
