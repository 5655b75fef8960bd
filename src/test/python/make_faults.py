"""Draws inputs that people bring and that were once got wrong: make_faults.py CASE|all [FOLDER].

Wants numpy, Pillow and pandas; hub_parquet pyarrow, same_class_name timm. .ci/check-faults says what is right for each.
"""
import io, os, sys, json, struct, tarfile, shutil, zlib, unicodedata, csv
import numpy as np
from PIL import Image, ImageDraw

def pic(seed, kind=0, size=(64, 64)):
    """A picture that differs by seed; kind decides what is drawn, so that classes can be told apart."""
    rng = np.random.default_rng(seed * 1000 + kind)
    a = rng.integers(0, 90, (size[1], size[0], 3), dtype=np.uint8) + rng.integers(0, 120, 3, dtype=np.uint8)
    im = Image.fromarray(a.astype(np.uint8)); d = ImageDraw.Draw(im)
    w, h = size
    x, y = int(rng.integers(0, w // 2)), int(rng.integers(0, h // 2))
    c = tuple(int(v) for v in rng.integers(120, 256, 3))
    if kind % 3 == 0: d.ellipse([x, y, x + w // 2, y + h // 2], fill=c)
    elif kind % 3 == 1: d.rectangle([x, y, x + w // 2, y + h // 2], outline=c, width=6)
    else:
        for i in range(0, w, 8): d.line([i, y, i + 8, h], fill=c, width=3)
    return im

def enc(im, fmt='JPEG', **kw):
    b = io.BytesIO(); im.save(b, fmt, **kw); return b.getvalue()

def put(path, data):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'wb') as f: f.write(data if isinstance(data, bytes) else data.encode('utf-8'))

def folder(base, classes, n=4, ext='jpg', start=0):
    for k, c in enumerate(classes):
        for i in range(n):
            put(f'{base}/{c}/{c}{i + start}.{ext}', enc(pic(i + start, k)))

def tar(path, members, fmt=tarfile.PAX_FORMAT):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with tarfile.open(path, 'w', format=fmt) as t:
        for name, data in members:
            data = data if isinstance(data, bytes) else data.encode()
            ti = tarfile.TarInfo(name); ti.size = len(data); t.addfile(ti, io.BytesIO(data))

# ---------- models: small ViT, weights in numpy -> safetensors
def st_write(path, tensors, metadata, dtype='F32'):
    head, blobs, at = {}, [], 0
    if metadata is not None: head['__metadata__'] = metadata
    for k, v in tensors.items():
        if dtype == 'F32': b = v.astype('<f4').tobytes()
        elif dtype == 'F16': b = v.astype('<f2').tobytes()
        else: b = (v.astype('<f4').view('<u4') >> 16).astype('<u2').tobytes()
        head[k] = {'dtype': dtype, 'shape': list(v.shape), 'data_offsets': [at, at + len(b)]}; at += len(b); blobs.append(b)
    h = json.dumps(head).encode(); h += b' ' * (-len(h) % 8)
    put(path, struct.pack('<Q', len(h)) + h + b''.join(blobs))

def vit_tensors(labels, hidden=32, layers=2, inter=64, side=32, patch=8, seed=0, head=True, scale=0.2):
    rng = np.random.default_rng(seed); t = {}
    r = lambda *s: (rng.standard_normal(s) * scale).astype(np.float32)
    n = (side // patch) ** 2 + 1
    t['vit.embeddings.cls_token'] = r(1, 1, hidden); t['vit.embeddings.position_embeddings'] = r(1, n, hidden)
    t['vit.embeddings.patch_embeddings.projection.weight'] = r(hidden, 3, patch, patch); t['vit.embeddings.patch_embeddings.projection.bias'] = r(hidden)
    for i in range(layers):
        p = f'vit.encoder.layer.{i}.'
        for q in ('query', 'key', 'value'):
            t[p + f'attention.attention.{q}.weight'] = r(hidden, hidden); t[p + f'attention.attention.{q}.bias'] = r(hidden)
        t[p + 'attention.output.dense.weight'] = r(hidden, hidden); t[p + 'attention.output.dense.bias'] = r(hidden)
        t[p + 'intermediate.dense.weight'] = r(inter, hidden); t[p + 'intermediate.dense.bias'] = r(inter)
        t[p + 'output.dense.weight'] = r(hidden, inter); t[p + 'output.dense.bias'] = r(hidden)
        for ln in ('layernorm_before', 'layernorm_after'):
            t[p + ln + '.weight'] = np.ones(hidden, np.float32); t[p + ln + '.bias'] = np.zeros(hidden, np.float32)
    t['vit.layernorm.weight'] = np.ones(hidden, np.float32); t['vit.layernorm.bias'] = np.zeros(hidden, np.float32)
    if head:
        t['classifier.weight'] = r(len(labels), hidden) * 3; t['classifier.bias'] = r(len(labels))
    return t

def vit_config(labels, **more):
    c = dict(architectures=['ViTForImageClassification'], attention_probs_dropout_prob=0.0, encoder_stride=16, hidden_act='gelu',
             hidden_dropout_prob=0.0, hidden_size=32, id2label={str(i): l for i, l in enumerate(labels)},
             label2id={l: i for i, l in enumerate(labels)}, image_size=32, initializer_range=0.02, intermediate_size=64,
             layer_norm_eps=1e-12, model_type='vit', num_attention_heads=4, num_channels=3, num_hidden_layers=2, patch_size=8,
             qkv_bias=True, transformers_version='4.44.0')
    c.update(more); return {k: v for k, v in c.items() if v is not None}

PRE = dict(do_normalize=True, do_resize=True, do_rescale=True, image_mean=[.5] * 3, image_std=[.5] * 3, resample=2,
           rescale_factor=1 / 255, size={'height': 32, 'width': 32}, image_processor_type='ViTImageProcessor')

def model(d, labels, config=None, pre=PRE, metadata={'format': 'pt'}, dtype='F32', seed=0, tensors=None):
    put(f'{d}/config.json', json.dumps(config or vit_config(labels), indent=1))
    if pre is not None: put(f'{d}/preprocessor_config.json', json.dumps(pre, indent=1))
    st_write(f'{d}/model.safetensors', tensors or vit_tensors(labels, seed=seed), metadata, dtype)

CASES = {}
def case(f): CASES[f.__name__] = f; return f

@case
def same_class_name(d):
    import importlib.util, pathlib
    info = pathlib.Path(importlib.util.find_spec('timm').origin).parent / 'data' / '_info'
    syn = (info / 'imagenet_synsets.txt').read_text().split()
    lemma = dict(l.split('\t', 1) for l in (info / 'imagenet_synset_to_lemma.txt').read_text().splitlines())
    labels = [lemma[s] for s in syn]; assert labels[134] == labels[517] == 'crane'
    cfg = vit_config(labels); cfg['label2id'] = {l: i for i, l in enumerate(labels)}
    model(f'{d}/vit-imagenet1k', labels, cfg)
    folder(f'{d}/images', ['ellipse', 'box'], 8)

@case
def multilabel_checkpoint(d):
    labels = ['face', 'text', 'logo']
    model(f'{d}/multilabel', labels, vit_config(labels, problem_type='multi_label_classification'))
    model(f'{d}/regression', ['score'], vit_config(['score'], problem_type='regression'))
    folder(f'{d}/images', ['face', 'text'], 6)

@case
def hub_parquet(d):
    import pyarrow as pa, pyarrow.parquet as pq
    for split, n, s in (('train', 8, 0), ('test', 4, 50)):
        rows = [dict(image=dict(bytes=enc(pic(i + s, i % 2)), path=f'{split}_{i}.jpg'), label=i % 2) for i in range(n)]
        schema = pa.schema([('image', pa.struct([('bytes', pa.binary()), ('path', pa.string())])), ('label', pa.int64())],
            metadata={'huggingface': json.dumps({'info': {'features': {'image': {'_type': 'Image'}, 'label': {'names': ['cat', 'dog'], '_type': 'ClassLabel'}}}})})
        os.makedirs(f'{d}/hub/data', exist_ok=True)
        pq.write_table(pa.Table.from_pylist(rows, schema=schema), f'{d}/hub/data/{split}-00000-of-00001.parquet')
    # the same with paths instead of bytes: only the class names are at stake
    folder(f'{d}/paths', ['a', 'b'], 4)
    rows = [dict(file_name=f'{c}/{c}{i}.jpg', label=k) for k, c in enumerate('ab') for i in range(4)]
    schema = pa.schema([('file_name', pa.string()), ('label', pa.int64())],
        metadata={'huggingface': json.dumps({'info': {'features': {'file_name': {'dtype': 'string', '_type': 'Value'}, 'label': {'names': ['cat', 'dog'], '_type': 'ClassLabel'}}}})})
    pq.write_table(pa.Table.from_pylist(rows, schema=schema), f'{d}/paths/metadata.parquet')

@case
def class_called_train(d):
    folder(f'{d}/vehicles', ['bus', 'car', 'train'], 6)
    folder(f'{d}/documents', ['invalid', 'valid'], 6)
    folder(f'{d}/colon', ['test', 'control', 'blank'], 6)
    # split folders, and no classes at all
    for s, n in (('train', 0), ('test', 40)):
        for i in range(4): put(f'{d}/nolabels/{s}/{i}.jpg', enc(pic(i + n, 1)))

@case
def split_folder_names(d):
    for s, st in (('Training', 0), ('Testing', 50)): folder(f'{d}/mri/{s}', ['glioma', 'pituitary'], 5, start=st)
    for s, st in (('train', 0), ('dev', 30), ('eval', 60)): folder(f'{d}/deveval/{s}', ['glioma', 'pituitary'], 5, start=st)
    for k in (1, 2): folder(f'{d}/folds/fold_{k}', ['a', 'b'], 2, start=10 * k)
    for k, s in enumerate(('train', 'test')):
        put(f'{d}/deepmeta/data/{s}/img/0.jpg', enc(pic(k, 1))); put(f'{d}/deepmeta/data/{s}/metadata.csv', 'file_name,label\nimg/0.jpg,a\n')

@case
def tar_order(d):
    n = 6
    imgs = [(f'{i:04d}.jpg', enc(pic(i, i % 2))) for i in range(n)]
    cls = [(f'{i:04d}.cls', str(i % 2)) for i in range(n)]
    tar(f'{d}/unsorted/shard-000000.tar', imgs + cls)           # images first, labels appended later
    tar(f'{d}/labelsfirst/shard-000000.tar', cls + imgs)
    mixed = []                                                   # 0.jpg 1.jpg 0.cls 1.cls
    for i in range(0, n, 2): mixed += [imgs[i], imgs[i + 1], cls[i], cls[i + 1]]
    tar(f'{d}/interleaved/shard-000000.tar', mixed)
    tar(f'{d}/sorted/shard-000000.tar', [m for p in zip(cls, imgs) for m in p])
    for s, i in (('train-0000', 0), ('validation-00', 1)): tar(f'{d}/named/imagenet1k-{s}.tar', [imgs[i], cls[i]])
    tar(f'{d}/rooted/a.tar', [(f'/{c}/1.jpg', enc(pic(i, 1))) for i, c in enumerate(('cat', 'dog'))])

@case
def several_members(d):
    m = []
    for i in range(6):
        k = f'sample{i:08d}'
        m += [(f'{k}.input.jpg', enc(pic(i, i % 2))), (f'{k}.outputs.txt', 'ab'[i % 2])]
    tar(f'{d}/named/a.tar', m)
    m = []
    for i in range(6):
        k = f'{i:06d}'
        mask = Image.fromarray(((np.indices((64, 64)).sum(0) // (8 + i)) % 2 * 255).astype(np.uint8))
        m += [(f'{k}.cls', 'ab'[i % 2]), (f'{k}.jpg', enc(pic(i, i % 2))), (f'{k}.npy', b'\x93NUMPY' + bytes(90)), (f'{k}.seg.png', enc(mask, 'PNG'))]
    tar(f'{d}/masks/a.tar', m)
    m = []
    for i in range(6):                                           # img2dataset: caption and metadata
        k = f'{i:09d}'
        m += [(f'{k}.jpg', enc(pic(i, i % 2))), (f'{k}.json', json.dumps({'caption': f'a photo of thing {i}', 'url': f'https://example.org/{i}', 'key': k, 'status': 'success'})), (f'{k}.txt', f'a photo of thing {i}')]
    tar(f'{d}/img2dataset/00000.tar', m)

@case
def file_names(d):
    names = ['plain.jpg', 'space in name.jpg', '100%.jpg', 'a%20b.jpg', 'plus+plus.jpg', 'hash#tag.jpg', 'question?.jpg', 'semi;colon.jpg', 'comma,name.jpg',
             'quote"d.jpg', "apostrophe's.jpg", '[brackets].jpg', '{braces}.jpg', 'star*.jpg', 'UPPER.JPG', '_DSC0001.JPG', 'tilde~.jpg', 'amp&.jpg', 'eq=ual.jpg',
             'back\\slash.jpg', 'ünïcode é.jpg', unicodedata.normalize('NFD', 'é-nfd.jpg'), '漢字.jpg', '😀.jpg', 'tab\tname.jpg', 'two..dots.jpg', 'noextension', 'trailing .jpg', '-dash.jpg', 'photo.tar#x.jpg', 'x.tar.jpg']
    for i, n in enumerate(names): put(f'{d}/odd/a/{n}', enc(pic(i, 0)))
    for i in range(3): put(f'{d}/odd/b (copy) #2 100%/{i}.jpg', enc(pic(i + 100, 1)))
    for i in range(3): put(f'{d}/odd/label=c/{i}.jpg', enc(pic(i + 200, 2)))
    for i, n in enumerate(['shot_2024-01-02_10:15:00.jpg', '12:30.jpg', 'a::b.jpg']): put(f'{d}/colon/a/{n}', enc(pic(i, 0)))
    for i in range(3): put(f'{d}/colon/b/{i}.jpg', enc(pic(i + 100, 1)))
    for i in range(3): put(f'{d}/colonfolder/10:30/{i}.jpg', enc(pic(i + 100, 1)))
    for i in range(3): put(f'{d}/colonfolder/b/{i}.jpg', enc(pic(i + 200, 1)))
    # bytes that are no UTF-8 in a name
    os.makedirs(f'{d}/latin1/a', exist_ok=True)
    with open(f'{d}/latin1/a/'.encode() + b'caf\xe9.jpg', 'wb') as f: f.write(enc(pic(1, 0)))
    for i in range(2): put(f'{d}/latin1/b/{i}.jpg', enc(pic(i + 200, 1)))
    # links
    folder(f'{d}/links/data', ['a', 'b'], 3); os.makedirs(f'{d}/links/in/c', exist_ok=True)
    for s, t in (('../data/a', 'in/a'), ('../data/b', 'in/b'), ('../../data/a/a0.jpg', 'in/c/link.jpg'), ('gone.jpg', 'in/c/dangling.jpg')):
        p = f'{d}/links/{t}'
        if not os.path.lexists(p): os.symlink(s, p)

@case
def csv_forms(d):
    folder(f'{d}/img', ['a', 'b'], 4)
    rows = [('file_name', 'label')] + [(f'img/{c}/{c}{i}.jpg', c) for c in 'ab' for i in range(4)]
    plain = '\n'.join(','.join(r) for r in rows) + '\n'
    put(f'{d}/crlf.csv', plain.replace('\n', '\r\n')); put(f'{d}/bom.csv', b'\xef\xbb\xbf' + plain.encode()); put(f'{d}/bomcrlf.csv', b'\xef\xbb\xbf' + plain.replace('\n', '\r\n').encode())
    put(f'{d}/cr.csv', plain.replace('\n', '\r')); put(f'{d}/mixed.csv', 'file_name,label\r\n' + plain.split('\n', 1)[1])
    put(f'{d}/semicolon.csv', plain.replace(',', ';')); put(f'{d}/tab.tsv', plain.replace(',', '\t')); put(f'{d}/tab.csv', plain.replace(',', '\t'))
    put(f'{d}/excel.csv', 'sep=;\r\n' + plain.replace(',', ';')); put(f'{d}/windows.csv', plain.replace('/', '\\'))
    put(f'{d}/utf16.csv', plain.encode('utf-16')); put(f'{d}/latin1.csv', plain.replace(',b\n', ',b\xe9\n').encode('latin-1'))
    put(f'{d}/index.csv', '\n'.join([',file_name,label'] + [f'{i},{a},{b}' for i, (a, b) in enumerate(rows[1:])]) + '\n')  # pandas to_csv with its index
    put(f'{d}/quoted.csv', 'file_name,label,note\n' + ''.join(f'"{a}","{b}","said ""so"", then\nmore"\n' for a, b in rows[1:]))
    put(f'{d}/blank.csv', plain + '\n\n   \n'); put(f'{d}/noheader.csv', plain.split('\n', 1)[1]); put(f'{d}/crlf.jsonl', '\r\n'.join(json.dumps(dict(file_name=a, label=b)) for a, b in rows[1:]) + '\r\n')
    put(f'{d}/bom.jsonl', b'\xef\xbb\xbf' + '\n'.join(json.dumps(dict(file_name=a, label=b)) for a, b in rows[1:]).encode())
    put(f'{d}/array.json', json.dumps([dict(file_name=a, label=b) for a, b in rows[1:]], indent=1))

@case
def label_values(d):
    labs = ['NA', 'null', 'None', 'nan', 'true', 'False', '01', '1', '1.0', '1e3', '-1', ' N/A ', '日本', 'a,b']
    for i, l in enumerate(labs): 
        for j in range(2): put(f'{d}/img/{i}_{j}.jpg', enc(pic(2 * i + j, i)))
    os.makedirs(d, exist_ok=True)
    with open(f'{d}/labels.csv', 'w', newline='') as f:
        w = csv.writer(f); w.writerow(['path', 'label'])
        for i, l in enumerate(labs):
            for j in range(2): w.writerow([f'img/{i}_{j}.jpg', l])
    put(f'{d}/bool.jsonl', ''.join(json.dumps(dict(path=f'img/{i}_{j}.jpg', label=bool(i % 2))) + '\n' for i in range(4) for j in range(2)))
    put(f'{d}/mixed.jsonl', ''.join(json.dumps(dict(path=f'img/{i}_{j}.jpg', label=[0, 'zero', 1, None][i])) + '\n' for i in range(4) for j in range(2)))
    import pandas as pd
    df = pd.DataFrame([dict(path=f'img/{i}_{j}.jpg', label=i % 2 if i < 4 else None) for i in range(5) for j in range(2)])
    df.to_parquet(f'{d}/floats.parquet')          # pandas makes 0.0 and 1.0 of whole numbers with a gap
    df[df.label.notna()].assign(label=lambda x: x.label.astype(int).astype('category')).to_parquet(f'{d}/category.parquet')
    for i, l in enumerate(['NA', 'null', 'None', 'nan', '01', '1']):
        for j in range(2): put(f'{d}/folders/{l}/{j}.jpg', enc(pic(2 * i + j, i)))

@case
def colour(d):
    im = pic(3, 0, (128, 128))
    put(f'{d}/img/rgb/rgb.jpg', enc(im, quality=95)); put(f'{d}/img/cmyk/cmyk_pillow.jpg', enc(im.convert('CMYK'), quality=95))
    b = bytearray(enc(im.convert('CMYK'), quality=95)); i = b.find(b'\xff\xeeAdobe'[:2]); 
    # the Adobe marker: transform 0 -> as Photoshop writes CMYK (inverted already); and without the marker
    at = b.find(b'Adobe'); put(f'{d}/img/cmyk/adobe.jpg', bytes(b))
    if at > 0:
        seg = at - 4; ln = struct.unpack('>H', b[at - 2:at])[0]
        put(f'{d}/img/cmyk/nomarker.jpg', bytes(b[:seg] + b[seg + 2 + ln:]))
        y = bytearray(b); y[at + 11] = 2; put(f'{d}/img/cmyk/ycck.jpg', bytes(y))
    put(f'{d}/img/cmyk/cmyk.tif', enc(im.convert('CMYK'), 'TIFF'))
    from PIL import ImageCms
    p = ImageCms.ImageCmsProfile(ImageCms.createProfile('sRGB')).tobytes()
    put(f'{d}/img/rgb/icc.jpg', enc(im, quality=95, icc_profile=p)); put(f'{d}/img/rgb/badicc.jpg', enc(im, quality=95, icc_profile=b'not a profile' * 10))
    put(f'{d}/img/rgb/prog.jpg', enc(im, quality=95, progressive=True)); put(f'{d}/img/rgb/lab.tif', enc(im.convert('LAB'), 'TIFF'))
    ex = Image.Exif(); ex[0x0112] = 6; put(f'{d}/img/rgb/exif6.jpg', enc(im, quality=95, exif=ex)); put(f'{d}/img/rgb/exif6.png', enc(im, 'PNG', exif=ex)); put(f'{d}/img/rgb/exif6.webp', enc(im, 'WEBP', exif=ex))

@case
def transparent_drawings(d):
    def art(seed, label):
        rng = np.random.default_rng(seed); a = Image.new('L', (256, 256), 0); g = ImageDraw.Draw(a)
        for _ in range(12): g.line([int(v) for v in rng.integers(0, 256, 4)], fill=255, width=5)
        if label: g.ellipse([60, 60, 200, 200], outline=255, width=9)
        return Image.merge('RGBA', (Image.new('L', (256, 256), 0),) * 3 + (a,))
    for k, c in enumerate(('signature', 'stamp')):
        for i in range(6): put(f'{d}/img/{c}/{i}.png', enc(art(10 * k + i, k), 'PNG'))
    for i in range(6): put(f'{d}/img/photo/{i}.jpg', enc(pic(i, 0, (256, 256))))

@case
def damaged_files(d):
    im = pic(5, 0, (96, 96)); j = enc(im, quality=90)
    put(f'{d}/img/a/whole.jpg', j); put(f'{d}/img/a/noeoi.jpg', j[:-2]); put(f'{d}/img/a/halfeoi.jpg', j[:-1]); put(f'{d}/img/a/zeros_for_eoi.jpg', j[:-2] + b'\0' * 64)
    put(f'{d}/img/a/cut100.jpg', j[:-100]); put(f'{d}/img/a/garbage.jpg', j + os.urandom(0) + b'\0' * 500 + b'<html>'); put(f'{d}/img/a/twice.jpg', j + j)
    put(f'{d}/img/a/leading.jpg', b'\0\0' + j); put(f'{d}/img/a/crlf_leading.jpg', b'\r\n' + j)
    put(f'{d}/img/a/motorola.jpg', j[:2] + b'\xff\xfe\x00\x06abcd' + j[2:])
    p = pic(6, 1, (96, 96))
    g = enc(im, 'PNG'); put(f'{d}/img/b/whole.png', g); put(f'{d}/img/b/noiend.png', g[:-12]); put(f'{d}/img/b/after.png', g + b'tail' * 10)
    bad = bytearray(g); k = bad.find(b'IDAT'); bad[k - 4 + 8 + struct.unpack('>I', g[k - 4:k])[0]] ^= 1; put(f'{d}/img/b/badcrc.png', bytes(bad))
    put(f'{d}/img/b/adam7.png', enc(im, 'PNG')); put(f'{d}/img/b/anim.gif', enc(im, 'GIF', save_all=True, append_images=[p.copy()])); put(f'{d}/img/b/anim.webp', enc(im, 'WEBP', save_all=True, append_images=[p.copy()]))
    put(f'{d}/img/b/anim.png', enc(im, 'PNG', save_all=True, append_images=[p.copy()])); put(f'{d}/img/b/multi.jpg', enc(im.copy(), "MPO", save_all=True, append_images=[p.copy()]))
    put(f'{d}/img/b/multi.tif', enc(im.copy(), "TIFF", save_all=True, append_images=[p.copy()])); put(f'{d}/img/b/tiny.png', enc(pic(1, 0, (1, 1)) if 0 else Image.new('RGB', (1, 1), (9, 200, 30)), 'PNG'))
    put(f'{d}/img/b/wide.png', enc(Image.new('RGB', (30000, 2), (9, 200, 30)), 'PNG')); put(f'{d}/img/b/pal.png', enc(im.quantize(16), 'PNG', transparency=3)); put(f'{d}/img/b/pal.gif', enc(im.quantize(16), 'GIF', transparency=3))
    put(f'{d}/img/b/icon.ico', enc(im, 'ICO')); put(f'{d}/img/b/x.ppm', enc(im, 'PPM')); put(f'{d}/img/b/x.tga', enc(im, 'TGA')); put(f'{d}/img/b/x.jp2', enc(im, 'JPEG2000')); put(f'{d}/img/b/jpeg.tif', enc(im, 'TIFF', compression='jpeg'))
    put(f'{d}/img/b/lzw.tif', enc(im, 'TIFF', compression='tiff_lzw')); put(f'{d}/img/b/g4.tif', enc(im.convert('1'), 'TIFF', compression='group4')); put(f'{d}/img/b/big.tif', enc(im, 'TIFF', big_tiff=True))
    put(f'{d}/img/b/x.svg', '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')
    try: put(f'{d}/img/b/x.avif', enc(im, 'AVIF'))
    except Exception as e: print('no avif', e)

@case
def rare_classes(d):
    folder(f'{d}/img', ['common'], 30)
    for k, c in enumerate(['rare1', 'rare2']):
        for i in range(k + 1): put(f'{d}/img/{c}/{i}.jpg', enc(pic(200 + i, k + 1)))

@case
def metadata_jsonl(d):
    folder(f'{d}/hf/images', ['a', 'b'], 3)
    js = lambda rows: ''.join(json.dumps(r) + '\n' for r in rows)
    names = [f'images/{c}/{c}{i}.jpg' for c in 'ab' for i in range(3)]
    def copy(name): shutil.copytree(f'{d}/hf/images', f'{d}/{name}/images', dirs_exist_ok=True)
    copy('partial'); put(f'{d}/partial/metadata.jsonl', js(dict(file_name=n, label=n[7]) for n in names[:4]))     # two images have no metadata
    copy('missing'); put(f'{d}/missing/metadata.jsonl', js([dict(file_name=n, label=n[7]) for n in names] + [dict(file_name='images/a/gone.jpg', label='a')]))
    copy('imagefilename'); put(f'{d}/imagefilename/metadata.jsonl', js(dict(image_file_name=n, label=n[7]) for n in names))
    copy('two'); put(f'{d}/two/metadata.jsonl', js(dict(image_file_name=n, mask_file_name=n, label=n[7]) for n in names))
    copy('dup'); put(f'{d}/dup/metadata.jsonl', js([dict(file_name=n, label=n[7]) for n in names] + [dict(file_name=names[0], label='a')]))
    copy('dupconflict'); put(f'{d}/dupconflict/metadata.jsonl', js([dict(file_name=n, label=n[7]) for n in names] + [dict(file_name=names[0], label='b')]))
    copy('othername'); put(f'{d}/othername/metadata1000.jsonl', js(dict(image=n, label='x' if i % 2 else 'y') for i, n in enumerate(names)))
    for c in 'ab':                                                                                             # metadata in each class folder
        for i in range(3): put(f'{d}/nested/{c}/{i}.jpg', enc(pic(i, ord(c))))
        put(f'{d}/nested/{c}/metadata.jsonl', js(dict(file_name=f'{i}.jpg', label='real' if i else 'fake', camera=i) for i in range(3)))
    copy('objects'); put(f'{d}/objects/metadata.jsonl', js(dict(file_name=n, objects=dict(bbox=[[0, 0, 1, 1]], categories=[0]), label=n[7]) for n in names))

@case
def resume(d): folder(f'{d}/img', ['ellipse', 'box'], 24)

@case
def preprocessors(d):
    L = ['a', 'b', 'c']; folder(f'{d}/img', ['a', 'b'], 3)
    for i in range(4): put(f'{d}/img/a/wide{i}.jpg', enc(pic(i + 70, 0, (120, 50))))
    P = lambda **k: {a: b for a, b in {**PRE, **k}.items() if b is not None}
    var = {'int': P(size=32), 'list': P(size=[32, 32]), 'fast': P(image_processor_type='ViTImageProcessorFast', default_to_square=None),
           'square_false': P(size=32, image_processor_type=None, feature_extractor_type='ViTFeatureExtractor', default_to_square=False, max_size=32),
           'shortest': P(size={'shortest_edge': 32}), 'vit_crop': P(do_center_crop=True, crop_size={'height': 24, 'width': 24}),
           'resample_str': P(resample='bicubic'), 'resample3': P(resample=3), 'norescale': P(do_rescale=None, rescale_factor=None), 'nullcrop': P(crop_size=None, do_center_crop=None, do_convert_rgb=None, data_format='channels_first', disable_grouping=None, input_data_format=None, return_tensors=None),
           'convnext': P(image_processor_type='ConvNextImageProcessor', size={'shortest_edge': 32}, crop_pct=0.875), 'clip': P(image_processor_type='CLIPImageProcessor', size={'shortest_edge': 32}, crop_size={'height': 32, 'width': 32}, do_center_crop=True, resample=3),
           'siglip': P(image_processor_type='SiglipImageProcessor', resample=3), 'mean_scalar': P(image_mean=0.5, image_std=0.5)}
    for n, p in var.items(): model(f'{d}/m_{n}', L, pre=p, seed=3)
    model(f'{d}/m_none', L, pre=None, seed=3)

@case
def heic_and_others(d):
    def box(brand): return struct.pack('>I', 24) + b'ftyp' + brand + b'\0\0\0\0mif1' + brand + bytes(200)
    put(f'{d}/img/a/IMG_1.jpg', box(b'heic')); put(f'{d}/img/a/IMG_2.HEIC', box(b'heix')); put(f'{d}/img/a/x.jxl', b'\xff\x0a' + bytes(100)); put(f'{d}/img/a/page.jpg', '<!DOCTYPE html><html>403</html>')
    put(f'{d}/img/a/lfs.jpg', 'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 3\n')
    for i in range(8): put(f'{d}/img/b/{i}.jpg', enc(pic(i, 1)))

@case
def safetensors_forms(d):
    L = ['a', 'b', 'c']; folder(f'{d}/img', ['a', 'b'], 4); t = vit_tensors(L, seed=4)
    model(f'{d}/m_f32', L, tensors=t); model(f'{d}/m_nometa', L, tensors=t, metadata=None); model(f'{d}/m_emptymeta', L, tensors=t, metadata={})
    model(f'{d}/m_bf16', L, tensors=t, dtype='BF16', config=vit_config(L, dtype='bfloat16', transformers_version='5.18.0')); model(f'{d}/m_f16', L, tensors=t, dtype='F16', config=vit_config(L, torch_dtype='float16'))
    model(f'{d}/m_noid2label', L, tensors=t, config=vit_config(L, id2label=None, label2id=None, num_labels=3)); model(f'{d}/m_noid2label2', L, tensors=t, config=vit_config(L, id2label=None, label2id=None))
    model(f'{d}/m_intlabels', L, tensors=t, config=vit_config(L, id2label={'0': 0, '1': 1, '2': 2}, label2id=None))
    k = list(t); half = len(k) // 2; model(f'{d}/m_shards', L, tensors=t); os.remove(f'{d}/m_shards/model.safetensors')
    st_write(f'{d}/m_shards/model-00001-of-00002.safetensors', {x: t[x] for x in k[:half]}, {'format': 'pt'}); st_write(f'{d}/m_shards/model-00002-of-00002.safetensors', {x: t[x] for x in k[half:]}, {'format': 'pt'})
    put(f'{d}/m_shards/model.safetensors.index.json', json.dumps({'metadata': {'total_size': 1}, 'weight_map': {x: f'model-0000{1 if i < half else 2}-of-00002.safetensors' for i, x in enumerate(k)}}))
    model(f'{d}/m_null', L, tensors=t, config={**vit_config(L), 'problem_type': None, 'pooler_act': 'tanh', 'finetuning_task': 'image-classification', '_name_or_path': 'x', 'torch_dtype': None})

@case
def class_order(d):
    L = [str(i) for i in range(12)]                    # the order of a Hugging Face ClassLabel: 0 1 2 ... 11
    for k, c in enumerate(L):
        for i in range(8): put(f'{d}/img/{c}/{i}.jpg', enc(pic(50 * k + i, k)))
    model(f'{d}/numeric', L, seed=5)
    model(f'{d}/dogcat', ['dog', 'cat'], seed=5); folder(f'{d}/pets', ['cat', 'dog'], 12)

@case
def one_class(d):
    model(f'{d}/const', ['a', 'b', 'c'], tensors={**vit_tensors(['a', 'b', 'c']), 'classifier.weight': np.zeros((3, 32), np.float32), 'classifier.bias': np.zeros(3, np.float32)})
    folder(f'{d}/img', ['a'], 12)

if __name__ == '__main__':
    out = sys.argv[2] if len(sys.argv) > 2 else 'faults'
    for name in sys.argv[1:2] or ['all']:
        if name == 'all': names = CASES
        else: names = [name]
        for n in names:
            CASES[n](os.path.join(out, n)); print(n, sum(len(f) for _, _, f in os.walk(os.path.join(out, n))), 'files')
