#!/bin/sh
# summary and data: what they print of a config, and that they write nothing.
# shellcheck source=tests/cli/lib/cli.sh
. "$(dirname "$0")/lib/cli.sh"
small_config

expect 0 summary "$source_dir/configs/two_layer.yaml"
expect_out '^layer  *type  *output  *parameters  *FLOPs  *bytes$'
expect_out "^(FLOPs and bytes are those of one sample's forward pass)$"
expect_out '^affine1  *Affine  *(50)  *39,250  *[0-9,]*  *200$'
expect_out '^affine2  *Affine  *(10)  *510  *[0-9,]*  *40$'
expect_out '^total  *39,760 '
expect_out '^60,000 samples to train, 10,000 to test; batches of 100'
expect_out '^  together  *[0-9.]* MB$'
expect 0 summary "$source_dir/configs/two_layer.yaml" model.layers.affine1.units=100
expect_out '^affine1  *Affine  *(100)  *78,500 '

expect 0 data small.yaml
expect_out '^inputs  *bytes  *(28, 28)  *train  *2,000  *0  *[01][.0-9]*  *0\.[0-9]*$'
expect_out '^labels  *labels  *()  *test  *500  *0  *9 '
expect_out '^labels: 10 classes$'
sum=$(sed '1,/^  class/d' out | awk '{ gsub(",", ""); sum += $2 } END { print sum }')
[ "$sum" -eq 2000 ] || fail "the classes do not add up"
expect 0 data small.yaml data.validation=500
expect_out '^inputs .*  validation  *500 '
expect_out '^inputs .*  train  *1,500 '

expect 0 data small.yaml --sheet sheet.png
expect_out '^sheet.png: the first 640 training samples$'
[ "$(head -c 4 sheet.png | tail -c 3)" = PNG ] || fail "the sheet is no PNG"
expect 2 data small.yaml --sheet missing/sheet.png
expect_err "trainer: missing/sheet.png: no folder 'missing'"
expect 2 data small.yaml --sheet small.yaml
expect_err "trainer: small.yaml: expected a file's name that ends in .png"
[ ! -e runs ] || fail "a description wrote a run"

# For programs: JSON, with the same numbers.
expect 0 summary "$source_dir/configs/two_layer.yaml" --json
expect_out '^      "name": "affine1",$'
expect_out '^      "parameters": 39250,$'
! command -v python3 >/dev/null || python3 -m json.tool out >/dev/null || fail "no JSON"
expect 0 gradcheck "$source_dir/configs/xor.yaml" --json
expect_out '^  "verdict": "right",$'
expect_out '^      "tensor": "affine1/weight",$'
expect_out '^  "threads_agree": true$'
! command -v python3 >/dev/null || python3 -m json.tool out >/dev/null || fail "no JSON"

# One of a thing is one, not "1 steps".
expect 0 "$source_dir/configs/xor.yaml" trainer.max_steps=1 --output one
expect_out '^1 step in '
! grep -q '\<1 [a-z]*s\>' out || fail "a plural of one"

# Kinds are listed as a config names them.
expect 0 datasets
expect_out '^idx  '
expect_out '^inline  '
expect 0 datasets IDX
expect_out '^idx: '
expect 0 layers
expect_out '^SoftmaxWithLoss  *SoftmaxCrossEntropy, CrossEntropy  '
