import type { GroupNode, ModelNode, Tree } from './treeModel';

/** A tree whose nodes are the same objects as before, and what of it has changed. */
export interface PooledTree {
  readonly tree: Tree;
  /** Whether the same rows stand at the top in the same places. */
  readonly sameRoots: boolean;
  /** Groups that read otherwise now, or whose rows are others or stand in other places. */
  readonly changedGroups: readonly GroupNode[];
}

/**
 * Keeps the nodes of a tree the same objects from one build to the next: the editor knows a node by its object, and only
 * for one that it knows can a single row be drawn anew instead of the whole tree.
 */
export class NodePool {
  private nodes = new Map<string, ModelNode>();
  private roots: string[] = [];

  adopt(tree: Tree): PooledTree {
    const next = new Map<string, ModelNode>();
    const changedGroups: GroupNode[] = [];
    const take = <Node extends ModelNode>(node: Node): Node => {
      const known = this.nodes.get(node.id);
      const kept = known ? Object.assign(known as Node, node) : node;
      next.set(node.id, kept);
      return kept;
    };
    const roots = tree.roots.map((root) => {
      if (root.kind !== 'group') return take(root);
      const known = this.nodes.get(root.id) as GroupNode | undefined;
      const changed = known !== undefined && differ(known, root);
      const group = take({ ...root, children: root.children.map(take) });
      if (changed) changedGroups.push(group);
      return group;
    });
    const ids = tree.roots.map(rowId);
    const sameRoots = equal(ids, this.roots);
    this.nodes = next;
    this.roots = ids;
    return { tree: { ...tree, roots }, sameRoots, changedGroups };
  }

  get(id: string): ModelNode | undefined {
    return this.nodes.get(id);
  }
}

/** What the editor knows a row at the top by: a group that has been empty is another one to it when it is filled. */
export function rowId(node: ModelNode): string {
  return node.kind === 'group' && node.children.length === 0 ? `${node.id}\n` : node.id;
}

function differ(a: GroupNode, b: GroupNode): boolean {
  return (
    a.label !== b.label ||
    a.experimentFile !== b.experimentFile ||
    a.status !== b.status ||
    a.runs !== b.runs ||
    a.live !== b.live ||
    a.children.length !== b.children.length ||
    a.children.some(({ id }, index) => id !== b.children[index]!.id)
  );
}

function equal(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((id, index) => id === b[index]);
}
