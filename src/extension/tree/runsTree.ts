import * as vscode from 'vscode';
import type { Experiments } from '../runs/experiments';
import { Eta, readProgress } from '../runs/progress';
import type { RunStore } from '../runs/runStore';
import type { TaskTrainer } from '../tasks/trainer';
import { childItem, leftoverItem } from './childItems';
import { groupItem, type MoreNode, moreItem, queuedItem, runItem, sparklineColours, tooltipOf } from './items';
import type { LiveText } from './runText';
import { NodePool, type PooledTree } from './nodePool';
import { type ChildNode, type LeftoverNode, RunChildren } from './runChildren';
import { TreeChanges } from './treeChanges';
import { buildTree, type GroupNode, isLive, type ModelNode, runNodeId, type Tree } from './treeModel';
import type { ViewSettings } from './viewSettings';

export type TreeNode = ModelNode | MoreNode | ChildNode | LeftoverNode;

/** Runs shown in a group at first, and with every "more". Thousands of rows would have to be sent at every change. */
const page = 100;

/** Groups that are open at first, besides those with live runs. */
const openGroups = 3;
/** Up to this many rows are drawn one by one, more of them with the whole tree. */
const fewRows = 20;

/** The runs view. */
export class RunsTree implements vscode.TreeDataProvider<TreeNode>, vscode.Disposable {
  private readonly treeChanged = new vscode.EventEmitter<TreeNode | TreeNode[] | undefined>();
  readonly onDidChangeTreeData = this.treeChanged.event;
  readonly view: vscode.TreeView<TreeNode>;
  /** What stands below the runs. */
  readonly children: RunChildren;
  private tree: Tree | null = null;
  private readonly parents = new Map<string, GroupNode>();
  private readonly pool = new NodePool();
  private readonly pages = new Map<string, number>();
  private readonly live = new Map<string, LiveText>();
  private readonly eta = new Eta();
  private readonly changes = new TreeChanges<TreeNode>((nodes) => this.treeChanged.fire(nodes));
  private readonly disposables: vscode.Disposable[] = [this.treeChanged, this.changes];

  constructor(
    private readonly store: RunStore,
    private readonly experiments: Experiments,
    private readonly trainer: TaskTrainer,
    private readonly settings: ViewSettings,
  ) {
    this.view = vscode.window.createTreeView('losscape.runs', {
      treeDataProvider: this,
      canSelectMany: true,
      showCollapseAll: true,
    });
    this.children = new RunChildren(store);
    this.disposables.push(
      this.view,
      this.children,
      this.children.onDidChange(({ runs, nodes, all }) => {
        const rows = runs.flatMap((folder) => this.pool.get(runNodeId(folder)) ?? []);
        if (all) this.changes.add();
        else this.changes.add([...rows, ...nodes]);
      }),
      store.onDidChange(({ added, changed, removed }) => {
        for (const folder of removed) this.forget(folder);
        const touched = [...added, ...changed];
        // What is over or gone can be drawn now; for what is live, its progress is read first.
        if (touched.some((folder) => this.isLive(folder))) {
          void this.followLive(touched).then(() => this.rebuild(touched));
        } else {
          for (const folder of touched) this.forget(folder);
          this.rebuild(touched);
        }
      }),
      store.onDidChangeWatching(() => this.showMessage()),
      experiments.onDidChange(() => this.rebuild()),
      trainer.onDidChange(() => {
        void this.followLive([...this.live.keys()]).then((live) => this.rebuild(live));
      }),
      settings.onDidChange(() => {
        this.pages.clear();
        this.rebuild(null);
      }),
      this.view.onDidChangeVisibility(({ visible }) => {
        if (!visible) return;
        void store.refresh();
        void this.children.refresh();
      }),
    );
    // "5 min left" and "2 h ago" change without anything happening to a run.
    const clock = setInterval(() => {
      if (this.live.size > 0 && this.view.visible) this.rebuild([...this.live.keys()]);
    }, 5000);
    this.disposables.push({ dispose: () => clearInterval(clock) });
  }

  getChildren(node?: TreeNode): TreeNode[] | Promise<TreeNode[]> {
    if (node === undefined) return [...this.paged('', (this.tree ?? this.build()).roots), ...this.leftover()];
    if (node.kind === 'run') return this.children.of(node.record.folder);
    if (node.kind === 'leftover') return this.children.leftovers();
    return node.kind === 'group' ? this.paged(node.id, node.children) : [];
  }

  getTreeItem(node: TreeNode): vscode.TreeItem {
    switch (node.kind) {
      case 'group':
        return groupItem(node, this.opensAtFirst(node));
      case 'queued':
        return queuedItem(node);
      case 'more':
        return moreItem(node);
      case 'run':
        return runItem(
          node,
          this.live.get(node.record.folder),
          this.settings.state.grouping,
          this.children.has(node.record.folder),
        );
      case 'descent':
      case 'surface':
        return childItem(node);
      case 'leftover':
        return leftoverItem(node);
    }
  }

  /** Groups with something under way, and the first few: what is collapsed need not be sent. */
  private opensAtFirst(node: GroupNode): boolean {
    return node.live > 0 || (this.tree?.roots.indexOf(node) ?? 0) < openGroups;
  }

  getParent(node: TreeNode): TreeNode | undefined {
    if (node.kind === 'descent' || node.kind === 'surface') {
      return node.run === null ? undefined : this.pool.get(runNodeId(node.run));
    }
    return this.parents.get(node.id);
  }

  async resolveTreeItem(item: vscode.TreeItem, node: TreeNode): Promise<vscode.TreeItem> {
    if (node.kind !== 'run') return item;
    const { folder } = node.record;
    // Hidden rows are not hovered: the table of a run is read when somebody looks at it.
    const { epochs } = node.record.entry.ok ? await this.store.metrics(folder) : { epochs: [] };
    item.tooltip = tooltipOf(node.record, epochs, this.live.get(folder), sparklineColours());
    return item;
  }

  /** Shows a run in the view, if it passes the filter. */
  async reveal(folder: string, options: { focus?: boolean; select?: boolean } = {}): Promise<void> {
    if (!this.tree) this.build();
    const node = this.pool.get(runNodeId(folder));
    if (!node) return;
    const parent = this.parents.get(node.id);
    const siblings: readonly ModelNode[] = parent ? parent.children : (this.tree?.roots ?? []);
    const position = siblings.indexOf(node);
    const key = parent?.id ?? '';
    if (position >= (this.pages.get(key) ?? page)) {
      this.pages.set(key, page * Math.ceil((position + 1) / page));
      this.changes.add(parent && [parent]);
    }
    await this.view.reveal(node, { select: options.select ?? true, focus: options.focus ?? false });
  }

  /** Shows the next runs of a group. */
  showMore({ of }: MoreNode): void {
    this.pages.set(of, (this.pages.get(of) ?? page) + page);
    this.changes.add();
  }

  /** The runs that are selected in the view, those of selected groups included. */
  selectedRuns(): string[] {
    return runsOf(this.view.selection);
  }

  /** What is known of a live run beyond its document. */
  liveText(folder: string): LiveText | undefined {
    return this.live.get(folder);
  }

  dispose(): void {
    for (const disposable of this.disposables) disposable.dispose();
  }

  private build(): Tree {
    return this.update().tree;
  }

  private update(): PooledTree {
    const pooled = this.pool.adopt(
      buildTree({
        records: this.store.all(),
        experiments: this.experiments.all(),
        queued: this.trainer.waiting(),
        state: this.settings.state,
        now: new Date(),
      }),
    );
    this.tree = pooled.tree;
    this.parents.clear();
    for (const root of pooled.tree.roots) {
      if (root.kind === 'group') for (const child of root.children) this.parents.set(child.id, root);
    }
    this.showMessage();
    return pooled;
  }

  /**
   * Brings the tree up to date.
   * @param changed runs whose rows may read otherwise; null for all of them.
   */
  private rebuild(changed: readonly string[] | null = []): void {
    const before = this.tree;
    const { sameRoots, changedGroups } = this.update();
    if (!before || !sameRoots || changed === null) return this.changes.add();
    // With a group the editor asks for its rows, too.
    const groups = new Set(changedGroups);
    const rows = changed
      .flatMap((folder) => this.pool.get(runNodeId(folder)) ?? [])
      .filter(({ id }) => !groups.has(this.parents.get(id)!));
    if (rows.length > fewRows) this.changes.add();
    else this.changes.add([...rows, ...groups]);
  }

  /** Only when all is shown, and all is known: a run that is still to be read is not gone. */
  private leftover(): LeftoverNode[] {
    return this.settings.state.filter === '' && this.store.all().length > 0 ? this.children.leftover() : [];
  }

  private paged(key: string, children: readonly ModelNode[]): TreeNode[] {
    const most = this.pages.get(key) ?? page;
    if (children.length <= most) return [...children];
    const left = children.length - most;
    return [...children.slice(0, most), { kind: 'more', id: `more:${key}`, of: key, left }];
  }

  /** Brings up to date how far live runs have come. */
  private async followLive(folders: readonly string[]): Promise<string[]> {
    const live: string[] = [];
    for (const folder of folders) {
      const record = this.store.get(folder);
      if (!record || !isLive(record) || !record.entry.ok) {
        this.forget(folder);
        continue;
      }
      const { document } = record.entry;
      const progress = await readProgress(folder, document);
      const epochs = progress?.epochs ?? document.epochsDone;
      const etaSeconds = this.eta.estimate(folder, document, epochs, Date.now());
      this.live.set(folder, { etaSeconds, stopping: this.trainer.isStopping(folder) });
      live.push(folder);
    }
    return live;
  }

  private isLive(folder: string): boolean {
    const record = this.store.get(folder);
    return record !== undefined && isLive(record);
  }

  private forget(folder: string): void {
    this.live.delete(folder);
    this.eta.forget(folder);
  }

  /** What stands above the runs: the filter, and that watching has failed. */
  private showMessage(): void {
    const { filter } = this.settings.state;
    const tree = this.tree;
    const lines: string[] = [];
    const { mode, reason } = this.store.watching;
    if (mode === 'polling') {
      lines.push(
        vscode.l10n.t(
          'Changes are looked for every few seconds, because {0}.',
          reason ?? vscode.l10n.t('watching failed'),
        ),
      );
    }
    if (filter !== '' && tree) {
      lines.push(vscode.l10n.t('Filter “{0}”: {1} of {2} runs', filter, tree.shown, tree.total));
    }
    const hidden = tree && tree.hidden > 0 ? vscode.l10n.t('{0} hidden', tree.hidden) : '';
    const polling = mode === 'polling' ? vscode.l10n.t('polling') : '';
    this.say(lines.join('\n'), [hidden, polling].filter((part) => part !== '').join(', '));
    const running = this.store.all().filter(isLive).length;
    const tooltip =
      running === 1 ? vscode.l10n.t('1 run is being trained') : vscode.l10n.t('{0} runs are being trained', running);
    if (running !== (this.view.badge?.value ?? 0)) {
      this.view.badge = running === 0 ? undefined : { value: running, tooltip };
    }
  }

  /**
   * Shows words above the runs and beside the title, if they are others than before: to the editor a message is a change of
   * the tree like any other, and the rows that change right after one are drawn 200 milliseconds later.
   */
  private say(message: string, description: string): void {
    if (message !== (this.view.message ?? '')) this.view.message = message === '' ? undefined : message;
    if (description !== (this.view.description ?? '')) this.view.description = description;
  }
}

/** Folders of the runs among nodes, those of groups included, each once. */
export function runsOf(nodes: readonly TreeNode[]): string[] {
  const folders = nodes.flatMap((node) => {
    if (node.kind === 'run') return [node.record.folder];
    if (node.kind === 'group')
      return node.children.flatMap((child) => (child.kind === 'run' ? [child.record.folder] : []));
    return [];
  });
  return [...new Set(folders)];
}
