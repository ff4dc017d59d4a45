import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { leafHash, MerkleTree, nodeHash, rootOfParts } from './merkle-tree.ts';

/**
 * Leaves and roots that implementations of RFC 6962 publish
 * (https://github.com/transparency-dev/merkle/blob/main/testonly/constants.go).
 */
const LEAVES = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
];
const ROOTS = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

function treeOf(leaves: readonly Uint8Array[]): MerkleTree {
  const tree = new MerkleTree();
  for (const leaf of leaves) tree.add(leaf);
  return tree;
}

/** The definition of RFC 6962, section 2.1, as it is written there. */
function definedRoot(leaves: readonly Uint8Array[]): Uint8Array {
  if (leaves.length === 0) return Buffer.from(ROOTS[0] ?? '', 'hex');
  const [only] = leaves;
  if (leaves.length === 1 && only !== undefined) return leafHash(only);
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  return nodeHash(definedRoot(leaves.slice(0, split)), definedRoot(leaves.slice(split)));
}

function numbered(count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, index) => Buffer.from(String(index)));
}

describe('MerkleTree', () => {
  it('gives the published roots for the published leaves', () => {
    const leaves = LEAVES.map((leaf) => Buffer.from(leaf, 'hex'));
    for (const [count, root] of ROOTS.entries())
      assert.equal(hex(treeOf(leaves.slice(0, count)).root()), root);
  });

  it('gives the root that the definition gives, for any number of leaves', () => {
    for (const count of [...Array(140).keys(), 1_000, 4_095, 4_096, 4_097]) {
      const leaves = numbered(count);
      assert.equal(hex(treeOf(leaves).root()), hex(definedRoot(leaves)), `${count} leaves`);
    }
  });

  it('gives parts from which the root follows, never more than 64', () => {
    for (const count of [...Array(300).keys(), 4_095, 4_096, 4_097]) {
      const tree = treeOf(numbered(count));
      const { hashes, leavesEach } = tree.parts();
      assert.ok(hashes.length <= 64);
      assert.equal(hashes.length, Math.ceil(count / leavesEach), `${count} leaves`);
      assert.equal(hex(rootOfParts(hashes)), hex(tree.root()), `${count} leaves`);
    }
  });

  it('has another part where a leaf differs, and the same parts elsewhere', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2_000 }), fc.nat(), (count, seed) => {
        const changed = seed % count;
        const leaves = numbered(count);
        const before = treeOf(leaves).parts();
        leaves[changed] = Buffer.from('other');
        const after = treeOf(leaves).parts();
        const different = before.hashes.flatMap((hash, index) =>
          hex(hash) === hex(after.hashes[index] ?? new Uint8Array()) ? [] : [index],
        );
        assert.deepEqual(different, [Math.floor(changed / before.leavesEach)]);
      }),
      { numRuns: 30 },
    );
  });
});
