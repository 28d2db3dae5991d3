#!/bin/sh
# Computational graphs print the book's numbers; Graphviz reads --dot.
# shellcheck source=tests/cli/lib/cli.sh
. "$(dirname "$0")/lib/cli.sh"

# The line of a node or edge: its name, its value, its gradient.
expect_numbers() {
    grep -q -e "^ *$1  *$2  *$3\$" out || fail "no line '$1 $2 $3'"
}

expect 0 graph "$source_dir/configs/buy_apple.yaml"
expect_numbers apple 100 2.2
expect_numbers number 2 110
expect_numbers tax 1.1 200
expect_numbers '.* = Mul' 220 1

expect 0 graph "$source_dir/configs/buy_apple_orange.yaml"
expect_numbers apple 100 2.2
expect_numbers apple_number 2 110
expect_numbers orange 150 3.3
expect_numbers orange_number 3 165
expect_numbers tax 1.1 650
expect_numbers '.* = Add' 650 1.1
expect_numbers '<- orange_number' 3 165
expect_numbers '.* = Mul' 715 1

# A value that feeds two layers: an edge has its own gradient, the node the sum.
cat >fan_out.yaml <<'END'
data: {type: inline, inputs: {x: 3, y: 4}}
model:
  layers:
    - {name: product, type: Mul, input: [x, y]}
    - {name: total, type: Add, input: [product, x]}
END
expect 0 graph fan_out.yaml
expect_numbers x 3 5
expect_numbers '<- x' 3 4
expect_numbers '<- x' 3 1
expect_numbers 'total = Add' 15 1

# Tensors are written out up to 8 by 8, rows of samples first.
cat >tensor.yaml <<'END'
data: {type: inline, inputs: {x: [[1, -0.5], [-2, 3]]}}
model: {layers: [{name: out, type: ReLU, input: [x]}]}
END
expect 0 graph tensor.yaml
expect_out '^out = ReLU  value  *\[\[1, 0\],$'
expect_out '^  *\[0, 3\]\]$'

expect 0 graph "$source_dir/configs/buy_apple_orange.yaml" --dot
expect_out '^    "orange" -> "oranges" \[label=<150<br/><font color="red">3.3</font>>\];$'
if command -v dot >/dev/null; then
    for config in buy_apple_orange xor; do
        expect 0 graph --dot "$source_dir/configs/$config.yaml"
        dot -Tsvg out >graph.svg 2>err || fail "Graphviz does not take $config"
        [ ! -s err ] || fail "Graphviz complains of $config"
    done
fi

# The picture: the book's numbers above and below the arrows, or one line that names the package.
PATH=/nowhere "$trainer" graph "$source_dir/configs/buy_apple.yaml" --svg >out 2>err &&
    fail "a picture without dot"
expect_err "trainer: dot is not installed; expected it of the package graphviz"
expect 2 graph "$source_dir/configs/buy_apple.yaml" -o apple.svg
expect_err "trainer: --output is where --svg is written; expected --svg too"
expect 2 graph "$source_dir/configs/buy_apple.yaml" --svg -o out/apple.svg
expect_err "trainer: out/apple.svg: no folder 'out'"
expect 2 graph "$source_dir/configs/buy_apple.yaml" --svg -o apple.png
expect_err "trainer: apple.png: expected a file's name that ends in .svg"
echo mine >mine.svg
expect 2 graph "$source_dir/configs/buy_apple.yaml" --svg -o mine.svg
expect_err "trainer: mine.svg: is there and is no SVG picture; expected another name"
if command -v dot >/dev/null; then
    expect 0 graph "$source_dir/configs/buy_apple.yaml" --svg -o apple.svg
    expect 0 graph "$source_dir/configs/buy_apple.yaml" --svg -o apple.svg
    for number in 220 2.2 110 200 ×; do
        grep -q ">$number</text>" apple.svg || fail "no $number in the picture"
    done
    expect 0 graph "$source_dir/configs/residual.yaml" --svg
    expect_out '>(28, 28)</text>'
    expect_out '>SoftmaxWithLoss</text>'
fi
