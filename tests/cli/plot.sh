#!/bin/sh
# Curves of runs in the terminal and as pictures.
# shellcheck source=tests/cli/lib/cli.sh
. "$(dirname "$0")/lib/cli.sh"
small_config
export LC_ALL=C
expect 0 small.yaml --output one
expect 0 small.yaml optimizer.learning_rate=0.01 --output two
expect 0 small.yaml name=other trainer.evaluate.train=false --output three

# Loss and accuracy, no wider than 80 columns, without control characters, in either alphabet.
expect 0 plot one
expect_out '^loss$'
expect_out '^accuracy$'
! grep -q learning_rate out || fail "a rate that does not change is drawn"
expect_out '^\*\* train   ++ test$'
awk 'length > 80 { exit 1 }' out || fail "lines of more than 80 columns"
no_control_characters out
[ "$(awk '/^$/ { exit } { print }' out | wc -l)" -le 20 ] || fail "a panel of more than 20 lines"
LC_ALL=C.UTF-8 "$trainer" plot one >out
grep -q '⠉\|⠒\|⠤\|⣀' out || fail "no dots of braille"

# What differs is what runs are called.
expect 0 plot one two --metric test_loss
expect_out '^\*\* learning_rate=0.1   ++ learning_rate=0.01$'
expect 0 plot one three --metric accuracy
expect_out 'small train'
expect_out 'other test'
expect 0 plot one/run.h5 --x seconds --log
expect_out 'seconds$'

# Wrong words.
expect 2 plot one --metric tset_loss
grep -q "no metric 'tset_loss' was measured; did you mean 'test_loss'?" err || fail "no suggestion"
expect 2 plot one -o out.pdf
expect_err "trainer: out.pdf: expected a file's name that ends in .svg or .png"
expect 2 plot one -o missing/out.svg
expect_err "trainer: missing/out.svg: no folder 'missing'"
expect 2 plot nowhere
expect_err "trainer: nowhere: No such file or directory"

# Pictures: whole or not at all.
expect 0 plot one two -o curves.svg
grep -q '</svg>' curves.svg || fail "no picture"
cp curves.svg before.svg
expect 0 plot one two -o curves.svg
cmp -s curves.svg before.svg || fail "the same runs give another picture"

# Only a picture of its kind is replaced.
printf '<?xml version="1.0"?>\n<!-- <svg> --><!DOCTYPE svg>\n<svg xmlns="x"/>\n' >foreign.svg
expect 0 plot one two -o foreign.svg
cmp -s foreign.svg before.svg || fail "an SVG picture is not replaced"
echo '<html><svg/></html>' >mine.svg
cp before.svg mine.png
ln -s one/run.h5 link.svg
mkdir folder.svg
for name in mine.svg mine.png link.svg folder.svg; do
    kind=SVG
    [ "$name" = mine.png ] && kind=PNG
    expect 2 plot one -o "$name"
    expect_err "trainer: $name: is there and is no $kind picture; expected another name"
done
[ "$(cat mine.svg)" = '<html><svg/></html>' ] || fail "a file was written over"
PATH=/nowhere "$trainer" plot one -o curves.png 2>err && fail "PNG without a converter"
grep -q 'rsvg-convert is not installed; expected it of the package librsvg2-bin' err ||
    fail "the package is not named"
[ ! -e curves.png ] || fail "a picture that failed"
if command -v rsvg-convert >/dev/null; then
    expect 0 plot one -o curves.png
    expect 0 plot one -o curves.png
    [ "$(head -c 4 curves.png | tail -c 3)" = PNG ] || fail "no PNG"
fi
if command -v python3 >/dev/null; then
    python3 -c 'import sys, xml.dom.minidom as m; m.parse(sys.argv[1])' curves.svg ||
        fail "no XML"
fi
