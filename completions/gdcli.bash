# bash completion for gdcli; made by: gdcli completion bash

_gdcli() {
    local current="${COMP_WORDS[COMP_CWORD]}" previous="${COMP_WORDS[COMP_CWORD-1]}"
    local command="${COMP_WORDS[1]}" options="" choices="" file
    # bash takes --format=csv for three words.
    if [[ $current == "=" ]]; then
        current=""
    elif [[ $previous == "=" ]] && ((COMP_CWORD > 2)); then
        previous="${COMP_WORDS[COMP_CWORD-2]}"
    fi
    COMPREPLY=()
    if ((COMP_CWORD == 1)); then
        COMPREPLY=($(compgen -W "eval grad minimize maximize graph plot list cache completion --help --version" -- "$current"))
        return
    fi
    case $command:$previous in
        *:--engine)
            COMPREPLY=($(compgen -W "auto native torch" -- "$current"))
            return
            ;;
        *:--device)
            COMPREPLY=($(compgen -W "auto cpu cuda mps xpu" -- "$current"))
            return
            ;;
        *:--dtype)
            COMPREPLY=($(compgen -W "float64 float32 bfloat16 float16" -- "$current"))
            return
            ;;
        eval:--format | grad:--format | minimize:--format | maximize:--format | list:--format | cache:--format)
            COMPREPLY=($(compgen -W "table plain json jsonl csv tsv" -- "$current"))
            return
            ;;
        graph:--format)
            COMPREPLY=($(compgen -W "table plain json jsonl csv tsv dot mermaid svg png" -- "$current"))
            return
            ;;
        *:--method)
            COMPREPLY=($(compgen -W "auto gd momentum nesterov adam adamw rmsprop adagrad lbfgs cg newton" -- "$current"))
            return
            ;;
        *:--lr)
            COMPREPLY=($(compgen -W "auto" -- "$current"))
            return
            ;;
        *:--schedule)
            COMPREPLY=($(compgen -W "constant cosine step exponential plateau" -- "$current"))
            return
            ;;
        *:--compile)
            COMPREPLY=($(compgen -W "auto on off" -- "$current"))
            return
            ;;
        *:--points | *:--save | *:--checkpoint | *:--resume | *:--trace | *:--plot | *:--output | *:--from)
            compopt -o filenames 2>/dev/null
            while IFS= read -r file; do
                COMPREPLY+=("$file")
            done < <(compgen -f -- "$current")
            return
            ;;
        *:--at | *:--let | *:--shape | *:--precision | *:--wrt | *:--set | *:--starts | *:--range | *:--minima | *:--rank-timeout | *:--tol | minimize:--steps | maximize:--steps | *:--time-limit | *:--fix | *:--start | *:--bounds | *:--subject-to | *:--seed | *:--every)
            return
            ;;
    esac
    case $command in
        eval)
            options="--at --points --let --shape --engine --device --dtype --no-cache --format --precision --quiet --no-color --version --help"
            ;;
        grad)
            options="--at --points --let --shape --wrt --hessian --check --engine --device --dtype --no-cache --format --precision --quiet --no-color --save --version --help"
            ;;
        minimize)
            options="--method --lr --schedule --set --starts --range --minima --compile --rank-timeout --tol --steps --time-limit --strict --checkpoint --resume --fix --let --shape --start --bounds --subject-to --seed --engine --device --dtype --no-cache --format --precision --quiet --no-color --save --every --trace --plot --live --version --help"
            ;;
        maximize)
            options="--method --lr --schedule --set --starts --range --minima --compile --rank-timeout --tol --steps --time-limit --strict --checkpoint --resume --fix --let --shape --start --bounds --subject-to --seed --engine --device --dtype --no-cache --format --precision --quiet --no-color --save --every --trace --plot --live --version --help"
            ;;
        graph)
            options="--at --let --shape --format --precision --quiet --no-color --output --steps --version --help"
            ;;
        plot)
            options="--gradient --surface --from --output --no-color --fix --let --shape --range --version --help"
            ;;
        list)
            options="--format --precision --quiet --no-color --version --help"
            ((COMP_CWORD == 2)) && choices="functions methods schedules devices formats"
            ;;
        cache)
            options="--format --precision --quiet --no-color --version --help"
            ((COMP_CWORD == 2)) && choices="info clear"
            ;;
        completion)
            options="--version --help"
            ((COMP_CWORD == 2)) && choices="bash zsh fish powershell"
            ;;
    esac
    if [[ $current == -* || -z $choices ]]; then
        choices=$options
    fi
    COMPREPLY=($(compgen -W "$choices" -- "$current"))
}

complete -F _gdcli gdcli
