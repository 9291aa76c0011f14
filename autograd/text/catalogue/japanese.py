"""The catalogue in Japanese, in the terms of Japanese textbooks on backpropagation (逆誤差伝播法)."""

SENTENCES = {
    # Exercises
    "exercise.right": "問題 {number}: ✓",
    "exercise.wrong": "問題 {number}: もう一度: {remark}",
    "exercise.blank": "問題 {number}: まだ答えていません",
    "exercise.count": "{all} 問中 {right} 問正解",
    "exercise.wrong_ones": "; もう一度: {numbers}",
    "exercise.blank_ones": "; まだ: {numbers}",
    "question.right": "✓ {remark}",
    "question.wrong": "もう一度: {remark}",
    "question.blank": "まだ答えていません",
    "question.count": "{all} 問中 {right} 問正解、未解答 {blank} 問",
    # Boxes and arrows of a picture
    "picture.no_gradient": "逆伝播がまだこのノードに届いていません",
    "picture.constant": "定数 {numbers}",
    "picture.constants": "{count} 個の数",
    "picture.nodes": "{count} ノード",
    "picture.in_one_box": "{size}を一つの箱にまとめています",
    "picture.leaves": "{count} 個の葉",
    "picture.outputs": "{count} 個の出力",
    "picture.parameters": "{count} 個のパラメータ",
    "picture.more_leaves": "… ほか {count} 個の葉",
    "picture.more_outputs": "… ほか {count} 個の出力",
    "picture.more_parameters": "… ほか {count} 個のパラメータ",
    "picture.values": "{count} 個の値",
    "picture.uses_not_shown": "{count} 回の使用は省略",
    "picture.not_shown": "省略",
    "picture.in_all_through": "{scope} を通るすべての経路の合計",
    "picture.rest": "省略した部分",
    # Worksheets
    "worksheet.title": "連鎖律",
    "worksheet.answers": "{title}：解答",
    "worksheet.name": "名前",
    "worksheet.date": "日付",
    "worksheet.grad": "出力（勾配は 1）から始めて、すべての値の勾配を空欄に書きなさい。"
    "矢印がいくつも出る値の勾配は、それらの和です。",
    "worksheet.local": "各演算の局所的な微分を、矢印の上の空欄に書きなさい。",
    "worksheet.data": "入力から出力へ順に値を計算し、空欄に書きなさい。",
    # Texts: explain, print(step), the terminal
    "text.where": "ただし",
    "text.softmax": "{softmax}、つまり {item}、ほかも同様",
    "text.target": "{softmax}。正解はクラス {index} ({name}) で {t} = 1、ほかの {letter} は 0",
    "text.through": "{box} を通して",
    "text.inside": "{gradient} が確定しました。箱の中では:",
    "text.more_inside": "… ほか {count} 個",
    "text.more_steps": "… ほか {count} ステップ: explain(出力, 値) は、その値に至るステップだけを表示します",
    "kink.corner": "{operand} は {operation} の折れ点にあります: 左側の傾きは {left}、右側の傾きは "
    "{right}。ここでは {convention} と決めています",
    "kink.jump": "{operand} は {operation} の不連続点にあり、傾きはありません。ここでは {convention} "
    "と決めています",
    "terminal.next": "Enter: 次へ、b: 前へ、q: 終了",
    "terminal.done": "Enter: 完了、b: 前へ、q: 終了",
    "paths.none": "経路はありません",
    "paths.swapped": "経路はありません。逆向きにならあります。出力は後に書きます: paths(w, loss)",
    "paths.more": "… ほか {left} 本 (全 {total} 本)。`limit=` で表示を増やせます",
    "paths.sum": "全 {total} 本の経路の和: {gradient}",
    # The stepper's page: controls
    "page.title": "{output} の逆伝播",
    "page.graph": "{output} の計算グラフ",
    "page.graph_keys": "{output} の計算グラフ。矢印キーでステップを進めます",
    "page.trace": "逆伝播を文字で読む",
    "page.steps": "ステップ",
    "page.pass": "方向",
    "page.forward": "順伝播",
    "page.backward": "逆伝播",
    "page.first": "最初",
    "page.previous": "前へ",
    "page.play": "再生",
    "page.pause": "一時停止",
    "page.next": "次へ",
    "page.last": "最後",
    "page.step": "ステップ",
    "page.speed": "速さ",
    "page.node_by_node": "ノードごと",
    "page.quiz": "クイズ",
    "page.fold_again": "折りたたみに戻す",
    "page.view": "表示",
    "page.zoom_in": "拡大 (+)",
    "page.zoom_out": "縮小 (−)",
    "page.zoom_fit": "全体 (0)",
    "page.present": "発表用の表示 (f)",
    "page.open": "{box} を開く",
    "page.close": "閉じる",
    "page.at": "全 {last} ステップのうち {at}",
    # At a step
    "page.start": "逆伝播: ある値が少し変わると、{output} "
    "はどれだけ変わるでしょうか。勾配はまだ一つもわかっていません (·)。› か → "
    "キーを押すと、出力から始まります。",
    "page.seed": "出力そのものから始めます: {output} が {delta} 変われば、{output} は 1·{delta} 変わります。",
    "page.direct": "直接には、{node} に入るほかの値を固定すると、{to} の小さな変化 {delta} で {node} "
    "は約 {local}·{delta} 変わります。",
    "page.direct_place": "直接には、{node} の {place} "
    "番目の引数としてだけ変え、ほかをすべて固定すると、{to} の小さな変化 {delta} で {node} は約 "
    "{local}·{delta} 変わります。",
    "page.direct_box": "{box} 全体を通して、そこに入るほかの値を固定すると、{to} の小さな変化 "
    "{delta} で {node} は約 {local}·{delta} 変わります。",
    "page.arrow": "{node} が変わると、{output} は全体としてその約 {upstream} 倍だけ変わります。"
    "だからこの矢印だけを通ると、{to} の小さな変化 {delta} で "
    "{output} は約 {contribution}·{delta} 変わります。",
    "page.arrow_kink": "{node} は勾配を渡します: {upstream} × {local}。",
    "page.several": "{box} には出力がいくつもあり、合わせて {contribution} を {to} に渡します。",
    "page.where": "ただし {definitions}",
    "page.complete": "全体では、すべての経路を合わせて、{to} の小さな変化 {delta} で {output} は約 "
    "{gradient}·{delta} 変わります。",
    "page.complete_kink": "{to} の勾配が確定しました。{to} から {output} "
    "までの間に折れ点か不連続点があるので、{gradient} "
    "は取り決めによる値です。左右の傾きは異なることがあります。",
    "page.use": "{of} 回の使用のうち {nth} 回目",
    "page.use_last": "{of} 回の使用のうち {nth} 回目: 完了",
    "page.corner": "{to} は {operation} の折れ点にあります: 左側の傾きは {left}、右側の傾きは "
    "{right}。ここでは {local} と決めています。",
    "page.jump": "{to} は {operation} の不連続点にあり、傾きはありません。ここでは {local} と決めています。",
    "page.passes": "{node} は勾配を引数に渡します。",
    "page.inside": "{node} が確定しました。{box} の中のステップ:",
    "page.more_inside": "… ほか {count} 個",
    "page.forward_start": "順伝播: 入力は与えられています。このあと {count} 個の演算が続きます。› か "
    "→ キーで最初の演算に進みます。",
    "page.locals": "局所的な微分 (逆伝播のために取っておきます):",
    "page.spoken_forward": "順伝播",
    "page.spoken_start": "逆伝播、勾配はまだありません",
    "page.spoken": "全 {last} ステップのうち {at} ステップ目。",
    # Details of a node
    "page.about": "{node} について",
    "page.value": "値",
    "page.gradient": "勾配",
    "page.sum_of_uses": "、{count} 回の使用の和:",
    "page.from": "{node} を通して",
    "page.passes_on": "渡すもの",
    "page.to": "{node} へ",
    "page.check": "検算",
    "page.check_corner": "左側の傾き {left}、右側の傾き {right}: 折れ点",
    "page.check_jump": "出力はここで不連続です",
    "page.check_limit": " ({h} → 0)",
    "page.line": "行",
    "page.what_if": "もし {node} が少し違っていたら？",
    "page.curve": "{delta} に対する {output} の変化と、その接線",
    "page.added": "{node} に加える {delta}",
    "page.predicted": "予測 {gradient}·{delta} = {number}",
    "page.true": "実際の変化 = {number}",
    # The quiz
    "page.ask_rule": "{local} はどれでしょう？",
    "page.ask_local": "数で書くと {local} =",
    "page.ask_upstream": "入ってくる勾配は？ {gradient} =",
    "page.ask_product": "渡す値は？ {factors} =",
    "page.ask_several": "{box} の出力はいくつもあり、それぞれが一部を渡します。合計は？ {factors} =",
    "page.ask_sum": "{gradient} はいくらになりますか？ これまで {before}、"
    "そこへ {contribution} が加わります:",
    "page.answer": "答え",
    "page.answer_check": "答え合わせ",
    "page.answer_show": "答えを見る",
    "page.right": "正解です。",
    "page.shown": "答えは {number} です。",
    "page.not_a_number": "2 や −0.5 のように数を入れてください。",
    "page.wrong": "違います。もう一度。",
    "page.wrong_sign": "大きさは合っています。符号を見てください。",
    "page.wrong_own": "それは {to} そのものです。ほかを固定して {to} を変えると、{node} はどう変わりますか？",
    "page.wrong_other": "それは別の引数についての規則です。",
    "page.wrong_result": "それは {node} そのもので、{to} による変化ではありません。",
    "page.wrong_value": "それは {node} の値 (data) で、勾配ではありません。",
    "page.wrong_upstream": "入ってくる勾配を忘れています: {upstream} を掛けてください。",
    "page.wrong_local": "局所的な微分を忘れています: {local} を掛けてください。",
    "page.wrong_added": "矢印に沿っては足すのではなく掛けます。",
    "page.wrong_part": "それは一部です。すべてを足してください。",
    "page.wrong_overwritten": "それは今加わる分です。すでに {before} がありました。+= "
    "は置き換えではなく加算です。",
    "page.wrong_multiplied": "複数の使用からの寄与は、掛けるのではなく足します。",
    "page.other_numbers": "別の数で",
    "page.no_other_numbers": "すべての演算が定義される小さな数が見つかりませんでした。",
    "page.score": "一回で正解 {right} 問、それ以外 {wrong} 問。",
    "page.summary": "まとめ",
    "page.summary_line": "ステップ {at}: {question} {answer} — {result}",
    "page.result_right": "一回で正解",
    "page.result_tries": "{count} 回間違えたあと正解",
    "page.result_shown": "答えを見た",
    "page.save": "まとめを保存",
    # The live page
    "page.update": "更新",
    "page.value_of": "{node} の値",
    "page.constant": "定数 {number}",
    "page.operand_of": "{node} の第 {place} 引数",
    "page.slide": "{node} を動かす",
    "page.undo": "元に戻す",
    "page.reset": "最初に戻す",
    "page.needs": "必要な条件: {needs}",
    "page.too_large": "float には大きすぎます",
    "page.no_value": "ここでは値がありません",
    "page.refused_domain": "{operation} に必要な条件: {needs}。{node} から先の数は求まりません。",
    "page.refused_overflow": "{operation} の結果は float には大きすぎます。{node} から先の数は求まりません。",
    "page.refused_undefined": "{operation} はここでは値を持ちません。{node} から先の数は求まりません。",
    "page.stopped_nan": "逆伝播は {node} で止まります: 傾きがないので、このステップは nan になります。",
    "page.stopped_overflow": "逆伝播は {node} で止まります: 勾配が float には大きすぎます。",
    "page.fixed": "{node} は Python だけで書かれた演算に入るので、このページでは変えられません。",
    "page.rate": "学習率 η",
    "page.rate_slide": "学習率を動かす",
    "page.parameters": "パラメータ",
    "page.tick_some": "勾配降下法はパラメータを勾配の逆向きに動かします。"
    "パラメータにする入力を選んでください。",
    "page.stuck": "たどる勾配がありません。元に戻すか、最初に戻してください。",
    "page.loss_after": "{count} 回の更新のあと {output} = {number}",
    "page.loss_curve": "更新ごとの {output}: {count} 回のあと {number}",
    "page.copy_link": "リンクをコピー",
    "page.copied": "コピーしました",
    # The origin, and the legend
    "page.made": "stepgrad {version} で作成",
    "page.made_from": "stepgrad {version} で {file} から作成",
    "page.program": "プログラム",
    "page.help": "図の見方とキー",
    "page.legend": """箱 | 一つの値: 入力、またはバッジの演算の結果
丸い箱 | 定数
data | 数そのもの
grad | この値が 1 変わるとき、全体として出力がどれだけ変わるか。· はまだわからない
矢印 | 値の一回の使用。ステップでは勾配がこれを逆にたどる
矢印の数 | 入ってくる勾配 × 局所的な微分 = 加わる分。順伝播では局所的な微分
橙、青 | 正の数、負の数。大きいほど濃い
矢印の太さ | 矢印に沿って戻る量
太い枠 | 勾配を渡している値、または計算している値
破線の枠 | 受け取る値
薄い色 | まだ届いていない
a⁽¹⁾、a⁽²⁾ | 一つの演算の一番目、二番目の引数としての a
z²₁ w²₁,₃ | 上付きの数は層で、累乗ではない: 第 2 層のニューロン 1 と、その入力 3 への重み
3 回の使用のうち 2 回目 | この値から出る三本の矢印の二本目。最後の一本で勾配が確定する
b.grad、dL/db | b の勾配: 出力までのすべての経路を合わせたもの
∂b/∂a | 局所的な微分: 一つの演算で、ほかの引数を固定したもの
+= | すでにある値に加える
Σ | 出力がいくつもある箱を通る積の和
≈ | 表示した数は丸めてある
ただし | 式の中の名前が表すもの
見出しのある箱 | ニューロンなどを折りたたんだもの。選ぶと開くことができる
順伝播、逆伝播 | 入力から順に値を計算する、出力から順に勾配を計算する
更新 | 勾配降下法: パラメータが勾配の逆向きに動く
ノードごと | 一つの値のステップをまとめて進める
クイズ | 数を示す前にたずねる
元に戻す | 数の最後の変更を取り消す
最初に戻す | すべての変更を取り消す
リンクをコピー | この場所のアドレス。画面の数も含む
→ ← | 次のステップ、前のステップ
Home End | 最初のステップ、最後のステップ
Tab、Enter | 箱を選び、説明を読む。Escape で閉じる
+ − 0、Ctrl + ホイール、二本指 | 拡大、縮小、全体。ドラッグで動かす
F | 発表用の表示: 図と説明を画面いっぱいに。Escape で終わる""",
    "training.title": "{model} の学習",
    "training.controls": "学習",
    "training.one_step": "1 ステップ",
    "training.one_epoch": "1 エポック",
    "training.play": "学習する",
    "training.pause": "止める",
    "training.reset": "最初に戻る",
    "training.pace": "描画ごとのエポック数",
    "training.rate": "学習率",
    "training.rate_number": "学習率 (数値)",
    "training.rate_short": "η",
    "training.batch": "バッチ",
    "training.all": "全 {count} 件",
    "training.scrub": "表示するエポック",
    "training.at": "エポック {epoch}: 損失 {cost}",
    "training.right": "{count} 件中 {right} 件正解",
    "training.within": "エポック {epoch} の {count} 件中 {position} 件まで完了",
    "training.epoch": "エポック",
    "training.loss_title": "損失",
    "training.curve": "エポックごとの損失: 最初は {first}、最後は {last}、エポック {at} では {cost}",
    "training.network_title": "ネットワーク",
    "training.network_note": "線は重み: 橙は正、青は負",
    "training.network": "ネットワークの重みと、この例に対する活性化の値",
    "training.plane_title": "出力",
    "training.plane": "すべての入力の組に対するネットワークの出力と、点で示した例",
    "training.line_title": "出力",
    "training.line": "すべての入力に対するネットワークの出力と、点で示した例",
    "training.surface_note": "すべての入力について。点を選べます",
    "training.example_title": "例",
    "training.example": "例 {number} / {count}",
    "training.previous_example": "前の例",
    "training.next_example": "次の例",
    "training.facts": "x = {x}、目標 {y}: 出力 {outputs}、損失 {cost}",
    "training.stopped_diverged": "このステップは浮動小数点数の範囲を超えます: 学習が発散しています。"
    "表示は最後の正常なエポックです。前のエポックに戻るか、学習率を小さくしてください。",
    "training.stopped_domain": "このステップで演算が定義域を外れます。表示は最後の正常なエポックです。"
    "前のエポックに戻るか、学習率を小さくしてください。",
    "training.stopped_full": "これ以上のエポックは保存できません。前のエポックに戻ると、"
    "そこから学習を続けられます。",
    "training.no_script": "学習はスクリプトを実行できる環境で動きます。ノートブックを信頼済みにするか、"
    "保存したページをブラウザで開いてください。",
}

# The needs of operations, by the English phrase of their row (`domain`); one in symbols alone stays as it is.
PHRASES = {
    "a divisor other than 0": "0 でない除数",
    "a base above 0 (or below 0 with a whole exponent, or 0 with an exponent of at least 0)": (
        "正の底 (指数が整数なら負の底、指数が 0 以上なら底 0 も可)"
    ),
    "b > 0, or b ≥ 0 if a = 0": "b > 0 (a = 0 なら b ≥ 0)",
    "a finite x": "有限の x",
    "a whole n ≥ 0, and an x other than 0, −1, −2, …": "0 以上の整数 n と、0, −1, −2, … 以外の x",
    "an x other than 0, −1, −2, …": "0, −1, −2, … 以外の x",
    "a class index as its target (if it is computed or an input, write logsumexp(xs) - dot(shares, xs))": (
        "目標としてのクラスの番号 (計算された目標や入力である目標には logsumexp(xs) - dot(shares, xs) と書く)"
    ),
}
