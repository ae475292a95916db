import type { GroupNode, ModelNode, Tree } from './treeModel';

/** A tree whose nodes are the same objects as before, and what of it has changed. */
export interface PooledTree {
  readonly tree: Tree;
  /** Whether the same nodes stand in the same places. */
  readonly sameOrder: boolean;
  /** Groups whose own row reads otherwise now. */
  readonly changedGroups: readonly GroupNode[];
}

/**
 * Keeps the nodes of a tree the same objects from one build to the next: the editor knows a node by its object, and only
 * for one that it knows can a single row be drawn anew instead of the whole tree.
 */
export class NodePool {
  private nodes = new Map<string, ModelNode>();
  private order: string[] = [];

  adopt(tree: Tree): PooledTree {
    const next = new Map<string, ModelNode>();
    const order: string[] = [];
    const changedGroups: GroupNode[] = [];
    const take = <Node extends ModelNode>(node: Node): Node => {
      const known = this.nodes.get(node.id);
      const kept = known ? Object.assign(known as Node, node) : node;
      next.set(node.id, kept);
      return kept;
    };
    const roots = tree.roots.map((root) => {
      order.push(root.id);
      if (root.kind !== 'group') return take(root);
      const known = this.nodes.get(root.id) as GroupNode | undefined;
      const changed = known !== undefined && (known.runs !== root.runs || known.live !== root.live);
      const children = root.children.map((child) => {
        order.push(child.id);
        return take(child);
      });
      const group = take({ ...root, children });
      if (changed) changedGroups.push(group);
      return group;
    });
    const sameOrder = order.length === this.order.length && order.every((id, index) => id === this.order[index]);
    this.nodes = next;
    this.order = order;
    return { tree: { ...tree, roots }, sameOrder, changedGroups };
  }

  get(id: string): ModelNode | undefined {
    return this.nodes.get(id);
  }
}
