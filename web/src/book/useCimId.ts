import { useParams } from "@tanstack/react-router";

export function useCimId(): string {
  return useParams({ from: "/workspace/app/books/$cimId" }).cimId;
}

/** What of the book the address names. */
export function useShown(): { slideId: string | undefined; stage: string | undefined } {
  const params: { slideId?: string; stage?: string } = useParams({ strict: false });
  return { slideId: params.slideId, stage: params.stage };
}
