"""Work shared out among workers of any `concurrent.futures.Executor`: here, or on other machines.

A *work* is a question that can be pickled and cut in parts; a part is a small piece of JSON. A worker
searches a part for some seconds and gives back what it found and the parts that are left. So no part takes
long, idle workers get pieces of what others began, and a part that is lost with its worker is simply done
again: the answer does not depend on who found what (`docs/scale.md`).

`parts` says what a work is, `worker` is what runs elsewhere, `crew` hands parts to an executor and takes
losses, `schedule` is the loop, `part_files` keeps what is finished, `headway` tells how far it is, and
`workers` is what callers say of all that.
"""
