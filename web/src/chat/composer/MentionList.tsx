import classes from "./Composer.module.css";
import type { Mentionable } from "./mentions";

interface MentionListProps {
  id: string;
  offered: readonly Mentionable[];
  at: number;
  onPoint: (at: number) => void;
  onTake: (one: Mentionable) => void;
}

/** What an @ can name; the field keeps the focus and moves the choice. */
export function MentionList({ id, offered, at, onPoint, onTake }: MentionListProps) {
  return (
    <div id={id} role="listbox" aria-label="Mention" className={classes["list"]}>
      {offered.map((one, index) => (
        <div
          key={one.id}
          id={`${id}-${index}`}
          role="option"
          tabIndex={-1}
          aria-selected={index === at}
          className={classes["choice"]}
          onMouseEnter={() => onPoint(index)}
          onMouseDown={(event) => {
            event.preventDefault();
            onTake(one);
          }}
        >
          <span>{one.isAgent ? `@${one.title}` : one.title}</span>
          <span className={classes["kindOf"]}>{one.kind}</span>
        </div>
      ))}
    </div>
  );
}
