import { t } from '../text';

/** The group of runs that started at some time. */
export interface DateGroup {
  readonly key: string;
  readonly label: string;
  /** Groups stand in the order of their ranks. */
  readonly rank: number;
}

/** Groups by the day of the start, in local time: days, then weeks, then months. */
export class Days {
  private readonly today: number;

  constructor(private readonly now: Date) {
    this.today = new Date(now.getFullYear(), now.getMonth(), now.getDate()).getTime();
  }

  group(time: number): DateGroup {
    if (Number.isNaN(time)) return { key: 'unknown', label: t('Unreadable'), rank: Infinity };
    // Counted in calendar days: on some of them a day has 23 or 25 hours.
    const yesterday = new Date(this.now.getFullYear(), this.now.getMonth(), this.now.getDate() - 1).getTime();
    const lastWeek = new Date(this.now.getFullYear(), this.now.getMonth(), this.now.getDate() - 7).getTime();
    if (time >= this.today) return { key: 'today', label: t('Today'), rank: 0 };
    if (time >= yesterday) return { key: 'yesterday', label: t('Yesterday'), rank: 1 };
    if (time >= lastWeek) return { key: 'week', label: t('Last seven days'), rank: 2 };
    const date = new Date(time);
    const months = (this.now.getFullYear() - date.getFullYear()) * 12 + this.now.getMonth() - date.getMonth();
    const label = date.toLocaleDateString(undefined, { month: 'long', year: 'numeric' });
    return { key: `${date.getFullYear()}-${date.getMonth()}`, label, rank: 3 + months };
  }
}
