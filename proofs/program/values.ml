(* The values of certificates: objects with given keys, rationals, multipliers, points. *)

module Zarith = Z
open Proved
open Json
module Z = Zarith

exception Refused of string * string  (* place, expected *)
exception Unproved of string  (* what the program does not decide *)

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

(* multipliers over a common denominator, which matters where a sum of rows must be a given one *)
let exact_multipliers place value =
  let pairs = List.mapi (fun i pair -> match pair with
    | List [number; text] -> (integer place number, rational (Printf.sprintf "%s[%d][1]" place i) text)
    | _ -> refuse place "pairs of a row's number and a multiplier") (listed place value) in
  let d = denominator (List.map snd pairs) in
  (d, List.map2 (fun (number, _) m -> (number, m)) pairs (over d (List.map snd pairs)))

let multipliers place value = snd (exact_multipliers place value)

let as_point place value =
  let numbers = rationals place value in
  let d = denominator numbers in
  (over d numbers, d)

let peano n = let rec go n found = if n <= 0 then found else go (n - 1) (S found) in go n O
let rec natural = function O -> 0 | S n -> 1 + natural n
