# fish completion for gdcli; made by: gdcli completion fish

# Whether the command is one of the arguments, or, without any, whether there is none yet.
function __gdcli_command
    set -l words (commandline -opc)
    if test (count $argv) -eq 0
        test (count $words) -eq 1
    else
        test (count $words) -gt 1; and contains -- $words[2] $argv
    end
end

complete -c gdcli -f
complete -c gdcli -n __gdcli_command -a eval -d 'Compute the value of an expression at a point'
complete -c gdcli -n __gdcli_command -a grad -d 'Differentiate an expression: in symbols, and by backward at a point'
complete -c gdcli -n __gdcli_command -a minimize -d 'Walk downhill to a minimum of an expression'
complete -c gdcli -n __gdcli_command -a maximize -d 'Walk uphill to a maximum of an expression'
complete -c gdcli -n __gdcli_command -a list -d 'List the functions, methods, schedules, devices or formats, with one line on each'
complete -c gdcli -n __gdcli_command -a completion -d 'Print the completion script of a shell'
complete -c gdcli -n __gdcli_command -l help -d 'Show this help and exit'
complete -c gdcli -n __gdcli_command -l version -d 'Show the version and exit'
complete -c gdcli -n '__gdcli_command list' -a 'functions methods schedules devices formats'
complete -c gdcli -n '__gdcli_command completion' -a 'bash zsh fish powershell'
complete -c gdcli -n '__gdcli_command eval grad' -l at -x -d 'The point to evaluate at'
complete -c gdcli -n '__gdcli_command eval grad' -l points -r -F -d 'Points from a file, instead of --at'
complete -c gdcli -n '__gdcli_command eval grad minimize maximize' -l engine -x -a 'auto native torch' -d 'The engine that computes'
complete -c gdcli -n '__gdcli_command eval grad minimize maximize' -l device -x -a 'auto cpu cuda mps xpu' -d 'Where to compute'
complete -c gdcli -n '__gdcli_command eval grad minimize maximize' -l dtype -x -a 'float64 float32 bfloat16 float16' -d 'The numbers\' type'
complete -c gdcli -n '__gdcli_command eval grad minimize maximize list' -l format -x -a 'table plain json jsonl csv tsv' -d 'How results are written'
complete -c gdcli -n '__gdcli_command eval grad minimize maximize list' -l precision -x -d 'Significant digits of every number'
complete -c gdcli -n '__gdcli_command eval grad minimize maximize list' -l quiet -d 'Write no progress bar, hints and notes'
complete -c gdcli -n '__gdcli_command eval grad minimize maximize list' -l no-color -d 'Write no colour, as NO_COLOR does'
complete -c gdcli -n '__gdcli_command eval grad minimize maximize list completion' -l version -d 'Show the version and exit'
complete -c gdcli -n '__gdcli_command eval grad minimize maximize list completion' -l help -d 'Show this help and exit'
complete -c gdcli -n '__gdcli_command grad' -l wrt -x -d 'The variables to differentiate by, joined by commas'
complete -c gdcli -n '__gdcli_command grad' -l hessian -d 'Compute the second derivatives too'
complete -c gdcli -n '__gdcli_command grad' -l check -d 'Compare every engine\'s backward, the symbolic derivative and central differences'
complete -c gdcli -n '__gdcli_command minimize maximize' -l start -x -d 'Where to start'
complete -c gdcli -n '__gdcli_command minimize maximize' -l bounds -x -d 'Where a variable has to stay'
complete -c gdcli -n '__gdcli_command minimize maximize' -l fix -x -d 'Values of variables that are to stay as they are'
complete -c gdcli -n '__gdcli_command minimize maximize' -l subject-to -x -d 'What is to hold at the minimum'
complete -c gdcli -n '__gdcli_command minimize maximize' -l seed -x -d 'For what --start leaves out, which is drawn evenly from its --range or --bounds, and where there are none from a standard normal'
complete -c gdcli -n '__gdcli_command minimize maximize' -l method -x -a 'auto gd momentum nesterov adam adamw rmsprop adagrad lbfgs cg newton' -d 'How to go downhill'
complete -c gdcli -n '__gdcli_command minimize maximize' -l lr -x -a 'auto' -d 'The step size'
complete -c gdcli -n '__gdcli_command minimize maximize' -l schedule -x -a 'constant cosine step exponential plateau' -d 'How --lr changes with the steps of a first-order method'
complete -c gdcli -n '__gdcli_command minimize maximize' -l set -x -d 'A parameter of the method or the schedule, as \'gdcli list methods\' and \'gdcli list schedules\' show them'
complete -c gdcli -n '__gdcli_command minimize maximize' -l starts -x -d 'Descend from so many starts, and report the best end'
complete -c gdcli -n '__gdcli_command minimize maximize' -l range -x -d 'Where starts are drawn'
complete -c gdcli -n '__gdcli_command minimize maximize' -l minima -x -d 'Report the K best of the distinct minima that --starts has found'
complete -c gdcli -n '__gdcli_command minimize maximize' -l compile -x -a 'auto on off' -d 'Compile several steps of --starts with a number for --lr into one'
complete -c gdcli -n '__gdcli_command minimize maximize' -l rank-timeout -x -d 'Under torchrun'
complete -c gdcli -n '__gdcli_command minimize maximize' -l tol -x -d 'Stop when no component of the gradient is larger'
complete -c gdcli -n '__gdcli_command minimize maximize' -l steps -x -d 'Stop after N steps'
complete -c gdcli -n '__gdcli_command minimize maximize' -l time-limit -x -d 'Stop after so many seconds'
complete -c gdcli -n '__gdcli_command minimize maximize' -l strict -d 'Exit with 4 when the run stopped for another reason than convergence'
complete -c gdcli -n '__gdcli_command minimize maximize' -l checkpoint -r -F -d 'Write down every few seconds, and at the end, where the run stands, for --resume'
complete -c gdcli -n '__gdcli_command minimize maximize' -l resume -r -F -d 'Go on with the run of a checkpoint, which holds all but where output goes'
complete -c gdcli -n '__gdcli_command minimize maximize' -l every -x -d 'Show every N-th step'
complete -c gdcli -n '__gdcli_command minimize maximize' -l trace -r -F -d 'Write every reported step to a file'
