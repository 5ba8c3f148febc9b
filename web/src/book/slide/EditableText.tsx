import {
  type FocusEvent,
  type KeyboardEvent,
  type MouseEvent,
  useLayoutEffect,
  useRef,
  useState,
} from "react";

import type { Finding, SourceReference } from "~/api/types";

import { caretIn, offsetAt, placeCaret } from "./caret";
import classes from "./EditableText.module.css";
import { FigureText } from "./FigureText";

interface EditableTextProps {
  value: string;
  /** What it is, for those who do not see it: "Title", "Bullet 2". */
  label: string;
  onChange: ((next: string) => void) | null;
  refs?: readonly SourceReference[];
  findings?: readonly Finding[];
  isFigure?: boolean;
  marks?: boolean;
  /** How it reads while it is not edited, where that differs: a number with its separators. */
  shown?: string;
  placeholder?: string;
  className?: string | undefined;
  isMultiline?: boolean;
  onEnter?: (before: string, after: string) => void;
  onEmptyBackspace?: () => void;
  onDone?: () => void;
  autoEdit?: boolean;
}

/** A text of the slide: reads with its sources, and is edited right where it stands. */
export function EditableText(props: EditableTextProps) {
  const { value, label, onChange, refs = [], shown = value, placeholder, className, onDone } = props;
  const element = useRef<HTMLSpanElement>(null);
  const startAt = useRef<number | null>(props.autoEdit ? Infinity : null);
  const [isEditing, setIsEditing] = useState(props.autoEdit ?? false);

  // While it is edited the element is the browser's: React only brings in what changed elsewhere.
  useLayoutEffect(() => {
    const node = element.current;
    if (!isEditing || !node) return;
    if (node.innerText.replace(/\n$/, "") !== value) {
      const caret = document.activeElement === node ? caretIn(node) : null;
      node.textContent = value;
      if (caret !== null) placeCaret(node, caret);
    }
    if (startAt.current !== null) {
      node.focus();
      placeCaret(node, startAt.current);
      startAt.current = null;
    }
  }, [isEditing, value]);

  const edit = (offset: number): void => {
    if (!onChange || isEditing) return;
    startAt.current = offset;
    setIsEditing(true);
  };

  if (!onChange)
    return (
      <span className={className}>
        <FigureText {...figureProps(props, shown, refs)} />
      </span>
    );

  if (!isEditing)
    return (
      <span
        key="shown"
        ref={element}
        className={`${classes["text"] ?? ""} ${className ?? ""}`}
        role="textbox"
        aria-label={label}
        aria-multiline={props.isMultiline ?? false}
        tabIndex={0}
        data-empty={value === "" ? (placeholder ?? label) : undefined}
        onMouseDown={(event: MouseEvent) => {
          if (event.button !== 0 || (event.target as HTMLElement).closest("a")) return;
          event.preventDefault();
          edit(element.current ? offsetAt(element.current, event.clientX, event.clientY) : Infinity);
        }}
        onFocus={(event: FocusEvent) => {
          // A figure in the text is a way to its source, not into the text.
          if (event.target === event.currentTarget) edit(Infinity);
        }}
      >
        <FigureText {...figureProps(props, shown, refs)} />
      </span>
    );

  const keyDown = (event: KeyboardEvent<HTMLSpanElement>): void => {
    if (event.nativeEvent.isComposing) return;
    const node = event.currentTarget;
    if (event.key === "Escape") {
      event.stopPropagation();
      node.blur();
    } else if (event.key === "Enter" && (!props.isMultiline || props.onEnter) && !event.shiftKey) {
      event.preventDefault();
      const caret = caretIn(node) ?? value.length;
      const text = node.innerText.replace(/\n$/, "");
      if (props.onEnter) props.onEnter(text.slice(0, caret), text.slice(caret));
      else node.blur();
    } else if (event.key === "Backspace" && node.textContent === "" && props.onEmptyBackspace) {
      event.preventDefault();
      props.onEmptyBackspace();
    }
  };

  return (
    <span
      key="edited"
      ref={element}
      className={`${classes["text"] ?? ""} ${classes["edited"] ?? ""} ${className ?? ""}`}
      role="textbox"
      aria-label={label}
      aria-multiline={props.isMultiline ?? false}
      tabIndex={0}
      contentEditable="plaintext-only"
      suppressContentEditableWarning
      spellCheck
      data-placeholder={placeholder ?? label}
      onInput={(event) => onChange(event.currentTarget.innerText.replace(/\n$/, ""))}
      onKeyDown={keyDown}
      onBlur={(event: FocusEvent) => {
        // Leaving the window is not leaving the text.
        if (document.activeElement === event.currentTarget) return;
        setIsEditing(false);
        onDone?.();
      }}
    />
  );
}

function figureProps(props: EditableTextProps, text: string, refs: readonly SourceReference[]) {
  return {
    text,
    refs,
    isFigure: props.isFigure ?? false,
    findings: props.findings ?? [],
    marks: props.marks ?? true,
  };
}
