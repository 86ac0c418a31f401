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
        COMPREPLY=($(compgen -W "eval grad minimize maximize list completion --help --version" -- "$current"))
        return
    fi
    case $previous in
        --engine)
            COMPREPLY=($(compgen -W "auto native torch" -- "$current"))
            return
            ;;
        --device)
            COMPREPLY=($(compgen -W "auto cpu cuda mps xpu" -- "$current"))
            return
            ;;
        --dtype)
            COMPREPLY=($(compgen -W "float64 float32 bfloat16 float16" -- "$current"))
            return
            ;;
        --format)
            COMPREPLY=($(compgen -W "table plain json jsonl csv tsv" -- "$current"))
            return
            ;;
        --method)
            COMPREPLY=($(compgen -W "auto gd momentum nesterov adam adamw rmsprop adagrad lbfgs cg newton" -- "$current"))
            return
            ;;
        --lr)
            COMPREPLY=($(compgen -W "auto" -- "$current"))
            return
            ;;
        --schedule)
            COMPREPLY=($(compgen -W "constant cosine step exponential plateau" -- "$current"))
            return
            ;;
        --compile)
            COMPREPLY=($(compgen -W "auto on off" -- "$current"))
            return
            ;;
        --points | --checkpoint | --resume | --trace)
            compopt -o filenames 2>/dev/null
            while IFS= read -r file; do
                COMPREPLY+=("$file")
            done < <(compgen -f -- "$current")
            return
            ;;
        --at | --precision | --wrt | --start | --bounds | --fix | --subject-to | --seed | --set | --starts | --range | --minima | --rank-timeout | --tol | --steps | --time-limit | --every)
            return
            ;;
    esac
    case $command in
        eval)
            options="--at --points --engine --device --dtype --format --precision --quiet --no-color --version --help"
            ;;
        grad)
            options="--at --points --wrt --hessian --check --engine --device --dtype --format --precision --quiet --no-color --version --help"
            ;;
        minimize)
            options="--start --bounds --fix --subject-to --seed --method --lr --schedule --set --starts --range --minima --compile --rank-timeout --tol --steps --time-limit --strict --checkpoint --resume --engine --device --dtype --format --precision --quiet --no-color --every --trace --version --help"
            ;;
        maximize)
            options="--start --bounds --fix --subject-to --seed --method --lr --schedule --set --starts --range --minima --compile --rank-timeout --tol --steps --time-limit --strict --checkpoint --resume --engine --device --dtype --format --precision --quiet --no-color --every --trace --version --help"
            ;;
        list)
            options="--format --precision --quiet --no-color --version --help"
            ((COMP_CWORD == 2)) && choices="functions methods schedules devices formats"
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
