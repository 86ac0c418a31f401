# PowerShell completion for gdcli; made by: gdcli completion powershell

Register-ArgumentCompleter -Native -CommandName gdcli -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $commands = [ordered]@{
        'eval' = 'Compute the value of an expression at a point'
        'grad' = 'Differentiate an expression: in symbols, and by backward at a point'
        'minimize' = 'Walk downhill to a minimum of an expression'
        'maximize' = 'Walk uphill to a maximum of an expression'
        'graph' = 'Show the computation graph of an expression, node by node'
        'plot' = 'Draw a function of one variable or two, or runs that were traced'
        'list' = 'List the functions, methods, schedules, devices or formats, with one line on each'
        'cache' = 'Show what is kept between runs, and where, or remove it'
        'completion' = 'Print the completion script of a shell'
    }
    $help = @{
        '--version' = 'Show the version and exit'
        '--at' = 'The point to evaluate at'
        '--points' = 'Points from a file, instead of --at'
        '--let' = 'What a name in the expression means'
        '--shape' = 'The length of a vector that no list gives'
        '--engine' = 'The engine that computes'
        '--device' = 'Where to compute'
        '--dtype' = 'The numbers'' type'
        '--no-cache' = 'Use nothing that earlier runs have kept, and keep nothing for later ones'
        '--format' = 'How results are written'
        '--precision' = 'Significant digits of every number'
        '--quiet' = 'Write no progress bar, hints and notes'
        '--no-color' = 'Write no colour, as NO_COLOR does'
        '--help' = 'Show this help and exit'
        '--wrt' = 'The variables to differentiate by, joined by commas'
        '--hessian' = 'Compute the second derivatives too'
        '--check' = 'Compare every engine''s backward, the symbolic derivative and central differences'
        '--save' = 'Write the result'
        '--method' = 'How to go downhill'
        '--lr' = 'The step size'
        '--schedule' = 'How --lr changes with the steps of a first-order method'
        '--set' = 'A parameter of the method or the schedule, as ''gdcli list methods'' and ''gdcli list schedules'' show them'
        '--starts' = 'Descend from so many starts, and report the best end'
        '--range' = 'What of the variables is shown'
        '--minima' = 'Report the K best of the distinct minima that --starts has found'
        '--compile' = 'Compile several steps of --starts with a number for --lr into one'
        '--rank-timeout' = 'Under torchrun'
        '--tol' = 'Stop when no component of the gradient is larger'
        '--steps' = 'Show the pass forwards and then the pass backwards, one step a line'
        '--time-limit' = 'Stop after so many seconds'
        '--strict' = 'Exit with 4 when the run stopped for another reason than convergence'
        '--checkpoint' = 'Write down every few seconds, and at the end, where the run stands, for --resume'
        '--resume' = 'Go on with the run of a checkpoint, which holds all but where output goes'
        '--fix' = 'Values of variables that are to stay as they are'
        '--start' = 'Where to start'
        '--bounds' = 'Where a variable has to stay'
        '--subject-to' = 'What is to hold at the minimum'
        '--seed' = 'For what --start leaves out, which is drawn evenly from its --range or --bounds, and where there are none from a standard normal'
        '--every' = 'Show every N-th step'
        '--trace' = 'Write every reported step to a file'
        '--plot' = 'Draw the run into a file'
        '--live' = 'Draw value and gradient norm as sparklines on standard error'
        '--output' = 'Draw into a file'
        '--gradient' = 'Draw the gradient too'
        '--surface' = 'Draw a function of two variables as a surface, into a file'
        '--from' = 'Draw the run of a trace'
    }
    $options = @{
        'eval' = @('--at', '--points', '--let', '--shape', '--engine', '--device', '--dtype', '--no-cache', '--format', '--precision', '--quiet', '--no-color', '--version', '--help')
        'grad' = @('--at', '--points', '--let', '--shape', '--wrt', '--hessian', '--check', '--engine', '--device', '--dtype', '--no-cache', '--format', '--precision', '--quiet', '--no-color', '--save', '--version', '--help')
        'minimize' = @('--method', '--lr', '--schedule', '--set', '--starts', '--range', '--minima', '--compile', '--rank-timeout', '--tol', '--steps', '--time-limit', '--strict', '--checkpoint', '--resume', '--fix', '--let', '--shape', '--start', '--bounds', '--subject-to', '--seed', '--engine', '--device', '--dtype', '--no-cache', '--format', '--precision', '--quiet', '--no-color', '--save', '--every', '--trace', '--plot', '--live', '--version', '--help')
        'maximize' = @('--method', '--lr', '--schedule', '--set', '--starts', '--range', '--minima', '--compile', '--rank-timeout', '--tol', '--steps', '--time-limit', '--strict', '--checkpoint', '--resume', '--fix', '--let', '--shape', '--start', '--bounds', '--subject-to', '--seed', '--engine', '--device', '--dtype', '--no-cache', '--format', '--precision', '--quiet', '--no-color', '--save', '--every', '--trace', '--plot', '--live', '--version', '--help')
        'graph' = @('--at', '--let', '--shape', '--format', '--precision', '--quiet', '--no-color', '--output', '--steps', '--version', '--help')
        'plot' = @('--gradient', '--surface', '--from', '--output', '--no-color', '--fix', '--let', '--shape', '--range', '--version', '--help')
        'list' = @('--format', '--precision', '--quiet', '--no-color', '--version', '--help')
        'cache' = @('--format', '--precision', '--quiet', '--no-color', '--version', '--help')
        'completion' = @('--version', '--help')
    }
    $arguments = @{
        'list' = @('functions', 'methods', 'schedules', 'devices', 'formats')
        'cache' = @('info', 'clear')
        'completion' = @('bash', 'zsh', 'fish', 'powershell')
    }
    $choices = @{
        '--engine' = @('auto', 'native', 'torch')
        '--device' = @('auto', 'cpu', 'cuda', 'mps', 'xpu')
        '--dtype' = @('float64', 'float32', 'bfloat16', 'float16')
        'eval --format' = @('table', 'plain', 'json', 'jsonl', 'csv', 'tsv')
        'grad --format' = @('table', 'plain', 'json', 'jsonl', 'csv', 'tsv')
        'minimize --format' = @('table', 'plain', 'json', 'jsonl', 'csv', 'tsv')
        'maximize --format' = @('table', 'plain', 'json', 'jsonl', 'csv', 'tsv')
        'list --format' = @('table', 'plain', 'json', 'jsonl', 'csv', 'tsv')
        'cache --format' = @('table', 'plain', 'json', 'jsonl', 'csv', 'tsv')
        'graph --format' = @('table', 'plain', 'json', 'jsonl', 'csv', 'tsv', 'dot', 'mermaid', 'svg', 'png')
        '--method' = @('auto', 'gd', 'momentum', 'nesterov', 'adam', 'adamw', 'rmsprop', 'adagrad', 'lbfgs', 'cg', 'newton')
        '--lr' = @('auto')
        '--schedule' = @('constant', 'cosine', 'step', 'exponential', 'plateau')
        '--compile' = @('auto', 'on', 'off')
    }
    $files = @('--points', '--save', '--checkpoint', '--resume', '--trace', '--plot', '--output', '--from')
    $free = @('--at', '--let', '--shape', '--precision', '--wrt', '--set', '--starts', '--range', '--minima', '--rank-timeout', '--tol', 'minimize --steps', 'maximize --steps', '--time-limit', '--fix', '--start', '--bounds', '--subject-to', '--seed', '--every')

    # The words before the one that is being completed.
    $words = @($commandAst.CommandElements |
        Where-Object { $_.Extent.EndOffset -lt $cursorPosition } |
        ForEach-Object { $_.ToString() })
    $previous = if ($words.Count -gt 1) { $words[-1] } else { '' }
    $command = if ($words.Count -gt 1) { $words[1] } else { '' }
    # Where commands differ in what an option takes, it is listed with its command.
    $own = "$command $previous"

    if ($words.Count -le 1) {
        $candidates = @($commands.Keys) + @('--help', '--version')
    } elseif ($choices.ContainsKey($own)) {
        $candidates = $choices[$own]
    } elseif ($choices.ContainsKey($previous)) {
        $candidates = $choices[$previous]
    } elseif ($files -contains $previous -or $files -contains $own) {
        # Nothing from here: PowerShell then completes file names.
        return
    } elseif ($free -contains $previous -or $free -contains $own -or -not $options.ContainsKey($command)) {
        $candidates = @()
    } elseif ($words.Count -eq 2 -and $arguments.ContainsKey($command) -and $wordToComplete -notlike '-*') {
        $candidates = $arguments[$command]
    } else {
        $candidates = $options[$command]
    }
    foreach ($candidate in $candidates) {
        if ($candidate -like "$wordToComplete*") {
            $tip = if ($commands.Contains($candidate)) { $commands[$candidate] }
                elseif ($help.ContainsKey($candidate)) { $help[$candidate] }
                else { $candidate }
            $kind = 'ParameterValue'
            [System.Management.Automation.CompletionResult]::new($candidate, $candidate, $kind, $tip)
        }
    }
}
